"""The registration of a processor: registers it, sends heartbeats, and registers it again when the service has forgotten it."""

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
# Longer than the two requests of a registration.
_REGISTER_TIMEOUT = 12.0


class Membership:
    """Sends heartbeats from a separate thread, so that a busy handler or event loop does not delay them.

    A drained processor ends when the service has removed its registration.
    """

    def __init__(
        self,
        api: OrchestratorApi,
        registration: dict[str, Any],
        report: Callable[[], dict[str, Any]],
        on_end: Callable[[], None],
    ) -> None:
        """``report`` returns the body of the next heartbeat. ``on_end`` is called once, when the processor must end: it was drained and
        removed, or the partitions have changed.
        """
        self._api = api
        self._registration = registration
        self._id: str = registration["id"]
        self._interval: float = registration["heartbeat_interval"]
        self._report = report
        self._on_end = on_end
        self._stopping = threading.Event()
        self._trouble = FaultReporter(log, self._id)
        self._heartbeat_thread = threading.Thread(target=self._send_heartbeats, name=f"{self._id}-heartbeat", daemon=True)
        # Held during the first registration.
        self._registering = threading.Lock()
        self._draining = False
        self._prefixes: tuple[str, ...] = ()
        self.registered = False

    def join(self) -> tuple[str, ...] | None:
        """Registers, and starts to send heartbeats. Retries for as long as the orchestrator is unavailable.

        Returns the key prefix of each partition to read (empty: no partitions), or None when it was stopped. Raises
        RegistrationRefused when a retry would not help.
        """
        backoff = Backoff()
        while not self._stopping.is_set():
            with self._registering:
                if self._stopping.is_set():
                    break
                reply = self._api.register(self._registration)
                if isinstance(reply, Accepted):
                    self._trouble.resolve("the orchestrator is available")
                    log.info("%s is registered with %s", self._id, self._api)
                    self._prefixes = reply.prefixes
                    self.registered = True
                    self._heartbeat_thread.start()
                    return reply.prefixes
            if isinstance(reply, Refused):
                raise RegistrationRefused(self._refusal_text(reply))
            self._trouble.report(f"{reply.reason}; retrying")
            self._stopping.wait(backoff.next())
        return None

    def _send_heartbeats(self) -> None:
        due = time.monotonic() + self._interval
        while not self._stopping.wait(max(0.0, due - time.monotonic())):
            late = time.monotonic() - due
            due = time.monotonic() + self._interval
            if late > self._interval:
                log.warning(
                    "%s: no other thread could run for %.1f s, not even heartbeats: a handler holds Python's global lock; "
                    "run it in a worker process, with executor='process'",
                    self._id,
                    late,
                )
            self.send_heartbeat()

    def send_heartbeat(self) -> None:
        """Sends one heartbeat and acts on the reply."""
        try:
            self._handle_reply(self._api.heartbeat(self._report()))
        except Exception as e:  # noqa: BLE001 - heartbeats must go on after any error, or the service takes the processor for dead
            self._trouble.report(f"a heartbeat failed ({e!r}); retrying with the next one")

    def _handle_reply(self, reply: Reply) -> None:
        if isinstance(reply, Accepted):
            self._trouble.resolve("the orchestrator accepts heartbeats again")
            if reply.draining and not self._draining:
                log.info("%s is being drained: it gets no new frames, and ends after its last one", self._id)
            self._draining = reply.draining
        elif isinstance(reply, Unavailable):
            self._trouble.report(f"{reply.reason}; retrying with the next heartbeat")
        elif reply.status == 404 and self._draining:
            log.info("%s is drained and unregistered", self._id)
            self._end()
        elif reply.status == 404:
            self._rejoin()
        else:
            self._trouble.report(f"the orchestrator refuses heartbeats: {refusal_text(reply)}")

    def _rejoin(self) -> None:
        reply = self._api.register(self._registration)
        if isinstance(reply, Refused):
            self._trouble.report(self._refusal_text(reply))
        elif isinstance(reply, Unavailable):
            self._trouble.report(f"{reply.reason}; retrying with the next heartbeat")
        elif reply.prefixes != self._prefixes:
            log.error(
                "%s ends, because the partitions have changed to %s from %s; start it again",
                self._id,
                list(reply.prefixes),
                list(self._prefixes),
            )
            self._unregister()
            self._end()
        else:
            log.info("%s was no longer registered with %s; it is registered again", self._id, self._api)
            self._trouble.resolve("registered again")

    def _end(self) -> None:
        self.registered = False
        self._stopping.set()
        self._on_end()

    def _refusal_text(self, refused: Refused) -> str:
        return f"the orchestrator at {self._api} does not register {self._id}: {refusal_text(refused)}"

    def stop_joining(self) -> None:
        """Ends the retries of `join`."""
        if not self.registered:
            self._stopping.set()

    def leave(self, unregister: bool = True) -> None:
        """Stops the heartbeats, and unregisters the processor if ``unregister`` is set. Later calls do nothing.

        Waits for the response to a registration that is under way: the processor may be registered.
        """
        self._stopping.set()
        if self._registering.acquire(timeout=_REGISTER_TIMEOUT):
            self._registering.release()
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
            log.warning("%s could not be unregistered: %s", self._id, reply.reason)
        elif reply.status == 404:
            log.info("%s was already unregistered", self._id)
        else:
            log.warning("%s could not be unregistered: %s", self._id, refusal_text(reply))
