"""How many frames are handled at once, and which frames this process holds. For one event loop."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from detektor.processor.flag import Flag

_ABANDONED_PER_SLOT = 4


class Place:
    """Where somebody stands in a line."""

    __slots__ = ("called",)

    def __init__(self) -> None:
        self.called = Flag()


class Slots:
    """As many as frames may be handled at once, whichever partition they are from.

    Of those that wait, who came first gets the next, so that no partition is left behind; also who gave up waiting for a
    moment comes back to its place.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.free = most
        self._line: deque[Place] = deque()
        self._all_free = Flag()
        self._all_free.set()

    async def take(self, place: Place, at_most: int, wait: float) -> int:
        """Takes free ones, no more than these, and answers how many; waits for the first, 0 when there is none in time."""
        if place not in self._line:
            self._line.append(place)
        if not self._is_next(place):
            place.called.clear()
            await place.called.wait(wait)
            if not self._is_next(place):
                return 0
        self._line.popleft()
        taken = min(at_most, self.free)
        self.free -= taken
        self._all_free.clear()
        self._call_next()
        return taken

    def _is_next(self, place: Place) -> bool:
        return self.free > 0 and self._line[0] is place

    def give_back(self, unused: int) -> None:
        """So many are free again."""
        self.free += unused
        if self.free == self.most:
            self._all_free.set()
        self._call_next()

    def _call_next(self) -> None:
        if self.free > 0 and self._line:
            self._line[0].called.set()

    async def until_all_free(self, wait: float) -> bool:
        """Waits until all are free; answers whether that came true in time."""
        return await self._all_free.wait(wait)


@dataclass
class Run:
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
        self._room = Slots(slots.most)
        self._place = Place()
        self._place_in_room = Place()
        self._held: set[bytes] = set()
        self._running: dict[bytes, Run] = {}
        self._abandoned: set[bytes] = set()

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, entry: bytes) -> bool:
        return entry in self._held

    def copy(self) -> set[bytes]:
        """What is held now."""
        return set(self._held)

    async def take(self, at_most: int, wait: float) -> int:
        """Takes free slots; no more than frames may be held here."""
        most = await self._room.take(self._place_in_room, at_most, wait)
        if most == 0:
            return 0
        taken = 0
        try:
            taken = await self._slots.take(self._place, most, wait)
        finally:
            self._room.give_back(most - taken)
        return taken

    def give_back(self, unused: int) -> None:
        """Gives slots back that no frame was read for."""
        if unused:
            self._slots.give_back(unused)
            self._room.give_back(unused)

    def begin(self, entry: bytes) -> Run | None:
        """A frame was read into a slot taken before; None: it is held already, for Redis has forgotten that it was delivered."""
        if entry in self._held:
            return None
        self._held.add(entry)
        run = self._running[entry] = Run()
        return run

    def running_for(self, at_least: float) -> list[bytes]:
        """Those whose handlers have run for at least so many seconds."""
        before = time.monotonic() - at_least
        return [entry for entry, run in self._running.items() if run.since <= before]

    def abandon(self, entry: bytes) -> bool:
        """A frame was taken away while its handler ran, which may never return: it is interrupted, and its slot is free.

        Handlers that go on nevertheless are threads that nobody else counts, so that no more than a few times as many as there
        are slots are left like this; false: it keeps its slot.
        """
        run = self._running.get(entry)
        if run is None or len(self._abandoned) >= _ABANDONED_PER_SLOT * self._slots.most:
            return False
        del self._running[entry]
        self._abandoned.add(entry)
        self._slots.give_back(1)
        self._leave(entry)
        if run.interrupt is not None:
            run.interrupt()
        return True

    def finished(self, entry: bytes) -> bool:
        """A frame's handler has finished: its slot is free. False: it was abandoned, and nobody waits for its answer."""
        if self._running.pop(entry, None) is not None:
            self._slots.give_back(1)
            return True
        if entry in self._abandoned:
            self._abandoned.discard(entry)
            return False
        return True

    def end(self, entry: bytes) -> None:
        """A frame's answer is known."""
        self.finished(entry)
        self._leave(entry)

    def _leave(self, entry: bytes) -> None:
        if entry in self._held:
            self._held.discard(entry)
            self._room.give_back(1)

    async def until_none(self, wait: float) -> bool:
        """Waits until nothing is held; answers whether that came true in time."""
        return await self._room.until_all_free(wait)
