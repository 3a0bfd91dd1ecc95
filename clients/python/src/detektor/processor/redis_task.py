"""A task that works with Redis, and reconnects after each failure for as long as necessary."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from detektor.processor import rights
from detektor.processor.backoff import Backoff
from detektor.processor.faults import FaultReporter
from detektor.processor.flag import Flag
from detektor.processor.redis_address import RedisAddress
from detektor.processor.redis_link import CONNECTION_ERRORS, Link, ResponseError, error_text

log = logging.getLogger("detektor.processor")


class Work(Protocol):
    """The work of a `RedisTask`."""

    async def connected(self, link: Link) -> None:
        """Called on each new connection. Commands on the earlier connection may or may not have been executed."""

    async def run_once(self, link: Link) -> None:
        """One step. Waits at most some hundred milliseconds, or until `wake`."""

    def wake(self) -> None:
        """Ends the wait of a step."""

    async def stopping(self, link: Link) -> None:
        """Called when the task stops gracefully, to finish remaining work. Not called while Redis is unavailable."""


class RedisTask:
    """Runs a `Work` until it is stopped."""

    def __init__(self, name: str, address: RedisAddress, key: str, work: Work, needs: list[rights.Need]) -> None:
        """``key``: on a cluster, the task connects to the node of this key. ``needs``: the required permissions of the Redis user."""
        self._name = name
        self._address = address
        self._key = key
        self._work = work
        self._needs = needs
        self._stopping = Flag()
        self._fault = FaultReporter(log, name)
        self._task: asyncio.Task[None] | None = None

    @property
    def trouble(self) -> str | None:
        """The current fault; None: there is none."""
        return self._fault.current

    def start(self) -> None:
        """Starts the task. Call once."""
        self._task = asyncio.create_task(self._run(), name=self._name)

    async def stop(self, within: float = 10.0) -> None:
        """Stops the task gracefully; cancels it after ``within`` seconds."""
        self._stopping.set()
        self._work.wake()
        if self._task is None:
            return
        _, left = await asyncio.wait({self._task}, timeout=within)
        if left:
            log.warning("%s did not stop in time; closing its connection", self._name)
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=1.0)

    async def _run(self) -> None:
        backoff = Backoff()
        while not self._stopping.is_set():
            try:
                await self._run_connected(backoff)
            except CONNECTION_ERRORS as e:
                await self._pause(f"Redis at {self._address} is unavailable ({error_text(e)}); retrying", backoff)
            except ResponseError as e:
                await self._pause(f"Redis at {self._address} refuses: {error_text(e)}; retrying", backoff)
            except Exception as e:
                # A bug in one step must not end the task: it reconnects, and continues from the state in Redis.
                log.exception("%s failed; retrying", self._name)
                await self._pause(f"failed with {e!r}; retrying", backoff)

    async def _run_connected(self, backoff: Backoff) -> None:
        link = await Link.open(self._address, self._key)
        try:
            await rights.check(link, self._address.user or "default", self._needs)
            await self._work.connected(link)
            while not self._stopping.is_set():
                await self._work.run_once(link)
                self._fault.resolve(f"Redis at {self._address} is available again")
                backoff.reset()
            await self._work.stopping(link)
        finally:
            await link.close()

    async def _pause(self, why: str, backoff: Backoff) -> None:
        if not self._stopping.is_set():
            self._fault.report(why)
            await self._stopping.wait(backoff.next())
