"""A processor's belonging to an orchestrator: registered once, kept alive by heartbeats, registered again when forgotten."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from detektor.processor.backoff import Backoff
from detektor.processor.errors import RegistrationRefused
from detektor.processor.faults import FaultReporter
from detektor.processor.orchestrator_api import Accepted, OrchestratorApi, Refused, Reply, Unavailable, refusal_text

log = logging.getLogger("detektor.processor")
_STOP_TIMEOUT = 7.0


class Membership:
    """Heartbeats come from a thread of their own, so that a busy handler or event loop does not silence them.

    A processor that was told to drain and is then forgotten has been let go.
    """

    def __init__(
        self,
        api: OrchestratorApi,
        registration: dict[str, Any],
        report: Callable[[], dict[str, Any]],
        on_end: Callable[[], None],
    ) -> None:
        """``report`` makes the next heartbeat; ``on_end`` is called once, when the processor was drained and is known no more."""
        self._api = api
        self._registration = registration
        self._id: str = registration["id"]
        self._interval: float = registration["heartbeat_interval"]
        self._report = report
        self._on_end = on_end
        self._stopping = threading.Event()
        self._trouble = FaultReporter(log, self._id)
        self._heartbeat_thread = threading.Thread(target=self._send_heartbeats, name=f"{self._id}-heartbeat", daemon=True)
        self._draining = False
        self._prefixes: tuple[str, ...] = ()
        self.registered = False

    def join(self) -> tuple[str, ...] | None:
        """Registers and begins to send heartbeats. Waits for as long as the orchestrator is away.

        Answers what keys begin with in each partition in which to read (none: there are no partitions); None when it was
        stopped meanwhile. Raises RegistrationRefused when waiting is of no use.
        """
        backoff = Backoff()
        while not self._stopping.is_set():
            reply = self._api.register(self._registration)
            if isinstance(reply, Accepted):
                self._trouble.resolve("the orchestrator is there")
                log.info("%s is registered with %s", self._id, self._api)
                self._prefixes = reply.prefixes
                self.registered = True
                self._heartbeat_thread.start()
                return reply.prefixes
            if isinstance(reply, Refused):
                raise RegistrationRefused(self._refusal_text(reply))
            self._trouble.report(f"{reply.reason}; trying again")
            self._stopping.wait(backoff.next())
        return None

    def _send_heartbeats(self) -> None:
        due = time.monotonic() + self._interval
        while not self._stopping.wait(max(0.0, due - time.monotonic())):
            late = time.monotonic() - due
            due = time.monotonic() + self._interval
            if late > self._interval:
                log.warning(
                    "%s: nothing else could run for %.1f s, not even heartbeats: a handler holds Python's global lock; "
                    "run it in a process of its own, with executor='process'",
                    self._id,
                    late,
                )
            self.send_heartbeat()

    def send_heartbeat(self) -> None:
        """Sends one heartbeat, and does what its reply asks for."""
        try:
            self._handle_reply(self._api.heartbeat(self._report()))
        except Exception as e:  # noqa: BLE001 - without heartbeats it would be taken for dead: whatever fails, the next is tried
            self._trouble.report(f"a heartbeat failed ({e!r}); trying again with each heartbeat")

    def _handle_reply(self, reply: Reply) -> None:
        if isinstance(reply, Accepted):
            self._trouble.resolve("the orchestrator hears its heartbeats again")
            if reply.draining and not self._draining:
                log.info("%s is drained: it gets no more frames, and ends when it has finished those it has", self._id)
            self._draining = reply.draining
        elif isinstance(reply, Unavailable):
            self._trouble.report(f"{reply.reason}; trying again with each heartbeat")
        elif reply.status == 404 and self._draining:
            log.info("%s has finished its frames and is unregistered", self._id)
            self._end()
        elif reply.status == 404:
            self._rejoin()
        else:
            self._trouble.report(f"heartbeats are refused: {refusal_text(reply)}")

    def _rejoin(self) -> None:
        reply = self._api.register(self._registration)
        if isinstance(reply, Refused):
            self._trouble.report(self._refusal_text(reply))
        elif isinstance(reply, Unavailable):
            self._trouble.report(f"{reply.reason}; trying again with each heartbeat")
        elif reply.prefixes != self._prefixes:
            log.error(
                "%s ends: there are other partitions now, %s, than it reads in, %s; start it anew",
                self._id,
                list(reply.prefixes),
                list(self._prefixes),
            )
            self._unregister()
            self._end()
        else:
            log.info("%s was not known to %s any more and is registered again", self._id, self._api)
            self._trouble.resolve("the orchestrator knows it again")

    def _end(self) -> None:
        self.registered = False
        self._stopping.set()
        self._on_end()

    def _refusal_text(self, refused: Refused) -> str:
        return f"the orchestrator at {self._api} does not register {self._id}: {refusal_text(refused)}"

    def stop_joining(self) -> None:
        """Ends the wait of `join`, if it waits."""
        if not self.registered:
            self._stopping.set()

    def leave(self, unregister: bool = True) -> None:
        """No more heartbeats, and the processor is unregistered if that is wanted. More often than once does nothing."""
        self._stopping.set()
        if self._heartbeat_thread.is_alive() and threading.current_thread() is not self._heartbeat_thread:
            self._heartbeat_thread.join(_STOP_TIMEOUT)
        if self.registered:
            self.registered = False
            if unregister:
                self._unregister()
        self._api.close()

    def _unregister(self) -> None:
        reply = self._api.unregister(self._id)
        if isinstance(reply, Accepted):
            log.info("%s is unregistered", self._id)
        elif isinstance(reply, Unavailable):
            log.warning("%s is not unregistered: %s", self._id, reply.reason)
        elif reply.status == 404:
            log.info("%s was not registered any more", self._id)
        else:
            log.warning("%s is not unregistered: %s", self._id, refusal_text(reply))
