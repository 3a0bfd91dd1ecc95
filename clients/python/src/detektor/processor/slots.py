"""How many frames are handled at once, and which frames this process holds. For one event loop."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from detektor.processor.flag import Flag

_MAX_ABANDONED_PER_SLOT = 4


class Waiter:
    """Where somebody stands in a line."""

    __slots__ = ("notified",)

    def __init__(self) -> None:
        self.notified = Flag()


class Slots:
    """As many as frames may be handled at once, whichever partition they are from.

    Of those that wait, who came first gets the next, so that no partition is left behind; also who gave up waiting for a
    moment comes back to its waiter.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self.free = total
        self._waiters: deque[Waiter] = deque()
        self._all_free = Flag()
        self._all_free.set()

    async def acquire(self, waiter: Waiter, limit: int, wait: float) -> int:
        """Takes free ones, no more than these, and answers how many; waits for the first, 0 when there is none in time."""
        if waiter not in self._waiters:
            self._waiters.append(waiter)
        if not self._is_next(waiter):
            waiter.notified.clear()
            await waiter.notified.wait(wait)
            if not self._is_next(waiter):
                return 0
        self._waiters.popleft()
        taken = min(limit, self.free)
        self.free -= taken
        self._all_free.clear()
        self._notify_next()
        return taken

    def _is_next(self, waiter: Waiter) -> bool:
        return self.free > 0 and self._waiters[0] is waiter

    def release(self, unused: int) -> None:
        """So many are free again."""
        self.free += unused
        if self.free == self.total:
            self._all_free.set()
        self._notify_next()

    def _notify_next(self) -> None:
        if self.free > 0 and self._waiters:
            self._waiters[0].notified.set()

    async def wait_all_free(self, wait: float) -> bool:
        """Waits until all are free; answers whether that came true in time."""
        return await self._all_free.wait(wait)


@dataclass
class Execution:
    """A handler at work. ``interrupt`` asks it to end; None: it cannot be asked."""

    since: float = field(default_factory=time.monotonic)
    interrupt: Callable[[], None] | None = None


class InFlight:
    """The frames of one queue that this process holds: delivered to it and not known to be answered.

    Each is in a slot until its handler has finished, and counts here until its answer is known: while a partition is away,
    its answers keep no slot from the others.
    """

    def __init__(self, slots: Slots) -> None:
        self._slots = slots
        self._held_slots = Slots(slots.total)
        self._waiter = Waiter()
        self._held_waiter = Waiter()
        self._held: set[bytes] = set()
        self._running: dict[bytes, Execution] = {}
        self._abandoned: set[bytes] = set()

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, entry: bytes) -> bool:
        return entry in self._held

    def copy(self) -> set[bytes]:
        """What is held now."""
        return set(self._held)

    async def acquire(self, limit: int, wait: float) -> int:
        """Takes free slots; no more than frames may be held here."""
        total = await self._held_slots.acquire(self._held_waiter, limit, wait)
        if total == 0:
            return 0
        taken = 0
        try:
            taken = await self._slots.acquire(self._waiter, total, wait)
        finally:
            self._held_slots.release(total - taken)
        return taken

    def release(self, unused: int) -> None:
        """Gives slots back that no frame was read for."""
        if unused:
            self._slots.release(unused)
            self._held_slots.release(unused)

    def begin(self, entry: bytes) -> Execution | None:
        """A frame was read into a slot taken before; None: it is held already, for Redis has forgotten that it was delivered."""
        if entry in self._held:
            return None
        self._held.add(entry)
        execution = self._running[entry] = Execution()
        return execution

    def running_for(self, at_least: float) -> list[bytes]:
        """Those whose handlers have execution for at least so many seconds."""
        before = time.monotonic() - at_least
        return [entry for entry, execution in self._running.items() if execution.since <= before]

    def abandon(self, entry: bytes) -> bool:
        """A frame was taken away while its handler ran, which may never return: it is interrupted, and its slot is free.

        Handlers that go on nevertheless are threads that nobody else counts, so that no more than a few times as many as there
        are slots are left like this; false: it keeps its slot.
        """
        execution = self._running.get(entry)
        if execution is None or len(self._abandoned) >= _MAX_ABANDONED_PER_SLOT * self._slots.total:
            return False
        del self._running[entry]
        self._abandoned.add(entry)
        self._slots.release(1)
        self._remove(entry)
        if execution.interrupt is not None:
            execution.interrupt()
        return True

    def finished(self, entry: bytes) -> bool:
        """A frame's handler has finished: its slot is free. False: it was abandoned, and nobody waits for its answer."""
        if self._running.pop(entry, None) is not None:
            self._slots.release(1)
            return True
        if entry in self._abandoned:
            self._abandoned.discard(entry)
            return False
        return True

    def end(self, entry: bytes) -> None:
        """A frame's answer is known."""
        self.finished(entry)
        self._remove(entry)

    def _remove(self, entry: bytes) -> None:
        if entry in self._held:
            self._held.discard(entry)
            self._held_slots.release(1)

    async def wait_empty(self, wait: float) -> bool:
        """Waits until nothing is held; answers whether that came true in time."""
        return await self._held_slots.wait_all_free(wait)
