"""Something that is so or not, and that can be waited for, for a bounded time. For waiter event loop."""

from __future__ import annotations

import asyncio


class Flag:
    """Like ``asyncio.Event``, but a wait has a bound and costs a timer, not a task: every turn of a busy processor waits."""

    __slots__ = ("_set", "_waiting")

    def __init__(self) -> None:
        self._set = False
        self._waiting: list[asyncio.Future[bool]] = []

    def is_set(self) -> bool:
        """Whether it is so."""
        return self._set

    def set(self) -> None:
        """It is so; whoever waits goes on."""
        self._set = True
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            _resolve(waiter, True)

    def clear(self) -> None:
        """It is not so any more."""
        self._set = False

    async def wait(self, at_most: float) -> bool:
        """Waits until it is so; answers whether that came true within so many seconds."""
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


def _resolve(waiter: asyncio.Future[bool], came_true: bool) -> None:
    if not waiter.done():
        waiter.set_result(came_true)
