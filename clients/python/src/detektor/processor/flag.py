"""A boolean that coroutines of one event loop can wait for, with a timeout."""

from __future__ import annotations

import asyncio


class Flag:
    """Like ``asyncio.Event``, but each wait has a timeout and costs only a timer, not a task: the reader waits very often."""

    __slots__ = ("_set", "_waiting")

    def __init__(self) -> None:
        self._set = False
        self._waiting: list[asyncio.Future[bool]] = []

    def is_set(self) -> bool:
        """Whether the flag is set."""
        return self._set

    def set(self) -> None:
        """Sets the flag and wakes all waiters."""
        self._set = True
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            _resolve(waiter, True)

    def clear(self) -> None:
        """Clears the flag."""
        self._set = False

    async def wait(self, at_most: float) -> bool:
        """Waits until the flag is set, for at most ``at_most`` seconds; returns whether it was set in time."""
        if self._set:
            return True
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[bool] = loop.create_future()
        self._waiting.append(waiter)
        timer = loop.call_later(at_most, _resolve, waiter, False)
        try:
            return await waiter
        finally:
            timer.cancel()
            if waiter in self._waiting:
                self._waiting.remove(waiter)


def _resolve(waiter: asyncio.Future[bool], was_set: bool) -> None:
    if not waiter.done():
        waiter.set_result(was_set)
