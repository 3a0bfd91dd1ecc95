"""Shortens the time to live of pixels that nobody needs any more."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

from detektor.processor import redis_link, wire

if TYPE_CHECKING:
    from detektor.processor.frames import PixelStore

log = logging.getLogger("detektor.processor")
# Frames that end within this time share a round trip.
_TOGETHER = 0.1
_MAX_WAITING = 20_000


class PixelRelease:
    """Collects frames that have ended, and shortens the time to live of their pixels, if their producer allows it.

    A failure only lets the pixels live longer. Used in the event loop.
    """

    def __init__(self, store: PixelStore) -> None:
        self._store = store
        self._waiting: dict[bytes, int] = {}
        self._task: asyncio.Task[None] | None = None

    def frame_ended(self, queued: wire.QueuedFrame) -> None:
        """The whole frame has ended. Returns at once."""
        kept = self._store.kept_after_end(queued)
        if kept is None or len(self._waiting) >= _MAX_WAITING:
            return
        self._waiting[kept[0]] = kept[1]
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._shorten_soon())

    async def _shorten_soon(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(_TOGETHER)
                await self._shorten()
        finally:
            self._task = None

    async def _shorten(self) -> None:
        waiting, self._waiting = self._waiting, {}
        try:
            await asyncio.to_thread(self._store.shorten, waiting.items())
        except (*redis_link.UNAVAILABLE, redis_link.RedisError) as e:
            log.debug("pixels live longer than necessary: %s", redis_link.error_text(e))

    async def close(self) -> None:
        """Shortens what waits, if Redis answers within half a second."""
        if self._task is not None:
            self._task.cancel()
        if self._waiting:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._shorten(), 0.5)


__all__ = ["PixelRelease"]
