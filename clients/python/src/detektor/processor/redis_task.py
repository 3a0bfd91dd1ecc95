"""A task that works with Redis for as long as it takes: it connects again after each failure, and begins anew from what Redis knows."""

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
    """What such a task does."""

    async def connected(self, link: Link) -> None:
        """A new connection stands. What was sent on an earlier one may or may not have happened."""

    async def run_once(self, link: Link) -> None:
        """One run_once. Waits no longer than some hundred milliseconds, or until `wake`."""

    def wake(self) -> None:
        """Ends the wait of a run_once."""

    async def stopping(self, link: Link) -> None:
        """The task ends, in peace: a last chance to finish what was begun. Not called while Redis is away."""


class RedisTask:
    """Runs a work until it is stopped."""

    def __init__(self, name: str, address: RedisAddress, key: str, work: Work, needs: list[rights.Need]) -> None:
        """``key``: of a cluster, the node that holds it is connected to. ``needs``: what the Redis user must be allowed to do."""
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
        """Why it cannot work at present; None when it can."""
        return self._fault.current

    def start(self) -> None:
        """Starts it, once."""
        self._task = asyncio.create_task(self._run(), name=self._name)

    async def stop(self, within: float = 10.0) -> None:
        """Asks it to end and waits until it has, for so long; then it is cut off."""
        self._stopping.set()
        self._work.wake()
        if self._task is None:
            return
        _, left = await asyncio.wait({self._task}, timeout=within)
        if left:
            log.warning("%s did not end in time; cutting its connection", self._name)
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=1.0)

    async def _run(self) -> None:
        backoff = Backoff()
        while not self._stopping.is_set():
            try:
                await self._run_connected(backoff)
            except CONNECTION_ERRORS as e:
                await self._pause(f"Redis at {self._address} is away ({error_text(e)}); trying again", backoff)
            except ResponseError as e:
                await self._pause(f"Redis at {self._address} refuses: {error_text(e)}; trying again", backoff)
            except Exception as e:
                # A fault of ours in one run_once must not end the task: it starts over from what Redis knows.
                log.exception("%s failed; trying again", self._name)
                await self._pause(f"failed with {e!r}; trying again", backoff)

    async def _run_connected(self, backoff: Backoff) -> None:
        link = await Link.open(self._address, self._key)
        try:
            await rights.check(link, self._address.user or "default", self._needs)
            await self._work.connected(link)
            while not self._stopping.is_set():
                await self._work.run_once(link)
                self._fault.resolve(f"Redis at {self._address} is there again")
                backoff.reset()
            await self._work.stopping(link)
        finally:
            await link.close()

    async def _pause(self, why: str, backoff: Backoff) -> None:
        if not self._stopping.is_set():
            self._fault.report(why)
            await self._stopping.wait(backoff.next())
