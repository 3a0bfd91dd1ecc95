"""Limits the frames in progress, and keeps track of the frames that this process holds. For one event loop."""

from __future__ import annotations

import time
from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass, field

from detektor.processor.flag import Flag

_MAX_ABANDONED_PER_SLOT = 4


class Waiter:
    """A reader that takes slots. ``ticket``: its rank among the waiters, the lowest first; None: it has no place."""

    __slots__ = ("notified", "ticket")

    def __init__(self) -> None:
        self.notified = Flag()
        self.ticket: int | None = None

    def drop_place(self) -> None:
        """The next wait begins behind all others."""
        self.ticket = None


class Slots:
    """A fair semaphore: one slot for each frame that may be handled at the same time, over all partitions.

    Waiters get slots in the order of their first call, so that no partition starves. A waiter whose wait timed out keeps its rank,
    but is in the queue only while it waits: otherwise a reader whose Redis is down would keep the slots from all others.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self.free = total
        # Slots whose handlers do not return, and that cannot be freed either: too many handlers were abandoned before.
        self.stuck = 0
        self._tickets = 0
        # Sorted by ticket.
        self._waiters: list[Waiter] = []
        self._all_free = Flag()
        self._all_free.set()

    async def acquire(self, waiter: Waiter, limit: int, wait: float) -> int:
        """Takes up to ``limit`` free slots and returns their number.

        Waits at most ``wait`` seconds for the first slot; returns 0 if none is free by then.
        """
        self._join_queue(waiter)
        try:
            deadline = time.monotonic() + wait
            while not self._is_next(waiter):
                waiter.notified.clear()
                if not await waiter.notified.wait(max(0.0, deadline - time.monotonic())) and not self._is_next(waiter):
                    return 0
            waiter.drop_place()
            taken = min(limit, self.free)
            self.free -= taken
            self._all_free.clear()
            return taken
        finally:
            self._waiters.remove(waiter)
            self._notify_next()

    def _join_queue(self, waiter: Waiter) -> None:
        if waiter.ticket is None:
            self._tickets += 1
            waiter.ticket = self._tickets
        insort(self._waiters, waiter, key=lambda one: one.ticket or 0)

    def _is_next(self, waiter: Waiter) -> bool:
        return self.free > 0 and self._waiters[0] is waiter

    def release(self, unused: int) -> None:
        """Frees this many slots."""
        self.free += unused
        if self.free == self.total:
            self._all_free.set()
        self._notify_next()

    def _notify_next(self) -> None:
        if self.free > 0 and self._waiters:
            self._waiters[0].notified.set()

    async def wait_all_free(self, wait: float) -> bool:
        """Waits at most ``wait`` seconds until all slots are free; returns whether they are."""
        return await self._all_free.wait(wait)


@dataclass
class Execution:
    """A running handler call for one frame. ``interrupt`` asks the handler to end; None: it cannot be interrupted.

    ``keeps_slot``: whether an interrupted handler certainly ends, so that its slot stays occupied until then.
    """

    since: float = field(default_factory=time.monotonic)
    interrupt: Callable[[], None] | None = None
    keeps_slot: bool = False


class InFlight:
    """The frames of one work queue that this process holds: delivered to it, and not known to be answered.

    A frame occupies a slot until its handler ends, but is held until its answer is known. So the unsent answers of an unavailable
    partition do not block the slots of other partitions.
    """

    def __init__(self, slots: Slots) -> None:
        self._slots = slots
        self._held_slots = Slots(slots.total)
        self._waiter = Waiter()
        self._held_waiter = Waiter()
        self._held: set[bytes] = set()
        self._running: dict[bytes, Execution] = {}
        self._abandoned: set[bytes] = set()
        # Frames that need their slots no more, but whose slots are not free yet.
        self._occupying: set[bytes] = set()
        # Running frames that the service took away, but that could not be abandoned.
        self._stuck: set[bytes] = set()

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, entry: bytes) -> bool:
        return entry in self._held

    def copy(self) -> set[bytes]:
        """A copy of the held entry ids."""
        return set(self._held)

    async def acquire(self, limit: int, wait: float) -> int:
        """Takes free slots, within the limit of held frames of this queue. Parameters and result as in `Slots.acquire`."""
        total = await self._held_slots.acquire(self._held_waiter, limit, wait)
        if total == 0:
            return 0
        taken = 0
        try:
            taken = await self._slots.acquire(self._waiter, total, wait)
        finally:
            self._held_slots.release(total - taken)
        return taken

    def drop_place(self) -> None:
        """Gives up the rank among the readers that wait for slots."""
        self._waiter.drop_place()

    def release(self, unused: int) -> None:
        """Returns slots for which no frame was read."""
        if unused:
            self._slots.release(unused)
            self._held_slots.release(unused)

    def begin(self, entry: bytes) -> Execution | None:
        """Assigns a frame to a slot that was acquired before. Returns None when the frame is already held: Redis delivered it again."""
        if entry in self._held:
            return None
        self._held.add(entry)
        execution = self._running[entry] = Execution()
        return execution

    def running_for(self, at_least: float) -> list[bytes]:
        """The frames whose handlers have been running for at least this many seconds."""
        before = time.monotonic() - at_least
        return [entry for entry, execution in self._running.items() if execution.since <= before]

    def abandon(self, entry: bytes) -> bool:
        """Interrupts the handler of a frame that the service took away, and frees its slot. Returns False if the slot must stay occupied.

        An abandoned thread may run on for ever, so at most four abandoned handlers are allowed for each slot.
        """
        execution = self._running.get(entry)
        if execution is None:
            return False
        if len(self._abandoned) >= _MAX_ABANDONED_PER_SLOT * self._slots.total:
            if entry not in self._stuck:
                self._stuck.add(entry)
                self._slots.stuck += 1
            return False
        del self._running[entry]
        self._unstick(entry)
        self._abandoned.add(entry)
        if execution.keeps_slot:
            self._occupying.add(entry)
        else:
            self._slots.release(1)
        self._remove(entry)
        if execution.interrupt is not None:
            execution.interrupt()
        return True

    def answered(self, entry: bytes) -> bool:
        """The handler has answered; the slot stays occupied until `free`. Returns False when the frame was abandoned: its answer is not
        needed.
        """
        if self._running.pop(entry, None) is None:
            return entry not in self._abandoned
        self._unstick(entry)
        self._occupying.add(entry)
        return True

    def _unstick(self, entry: bytes) -> None:
        if entry in self._stuck:
            self._stuck.discard(entry)
            self._slots.stuck -= 1

    def free(self, entry: bytes) -> None:
        """Frees the slot of a frame that was answered or abandoned: its handler can take another frame."""
        self._abandoned.discard(entry)
        if entry in self._occupying:
            self._occupying.discard(entry)
            self._slots.release(1)

    def finished(self, entry: bytes) -> bool:
        """Like `answered` and `free` at once."""
        needed = self.answered(entry)
        self.free(entry)
        return needed

    def end(self, entry: bytes) -> None:
        """Removes a frame whose answer is known."""
        if entry in self._running:
            self.finished(entry)
        self._remove(entry)

    def _remove(self, entry: bytes) -> None:
        if entry in self._held:
            self._held.discard(entry)
            self._held_slots.release(1)

    async def wait_empty(self, wait: float) -> bool:
        """Waits at most ``wait`` seconds until no frame is held; returns whether none is."""
        return await self._held_slots.wait_all_free(wait)
