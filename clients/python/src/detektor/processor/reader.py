"""Reads a work queue; never reads more frames than there are free slots."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Any, Protocol

from detektor.processor import script
from detektor.processor.faults import FaultReporter
from detektor.processor.keys import Keys
from detektor.processor.redis_link import Link, ResponseError, error_text, needs_reconnect
from detektor.processor.slots import Execution, InFlight, Slots

log = logging.getLogger("detektor.processor")
_BLOCK_SECONDS = 0.25
_BLOCK_MS = 250
# Interval at which long-running frames are checked: are they still pending for this processor?
_PENDING_CHECK_INTERVAL = 1.0
_FIRST = b"0-0"
_LARGE_READ = 8


class Receiver(Protocol):
    """Receives the entries that a reader read. The methods return at once."""

    def received(self, entry: bytes, fields: list[bytes], execution: Execution) -> None:
        """A new entry: it is in progress from now on, until it is answered."""

    def recovered(self, entry: bytes, fields: list[bytes]) -> None:
        """An entry that an earlier run of this processor left pending. It is in progress from now on, until it is answered."""


@dataclass(frozen=True)
class ReadLimit:
    """How many frames one reader may read when the readers of several partitions compete for the slots.

    ``max_frames``: this reader's part of the slots. ``exclusive``: whether this is the only reader.
    """

    max_frames: int
    exclusive: bool

    @property
    def count(self) -> int:
        """Frames in one read. A large number is halved, so that some frames are handled while others are read and answered."""
        return self.max_frames if self.max_frames < _LARGE_READ else -(-self.max_frames // 2)

    @staticmethod
    def of(slots: Slots, readers: int) -> ReadLimit:
        """The limit of each reader when there are ``readers`` of them."""
        return ReadLimit(-(-slots.total // readers), readers == 1)


@dataclass(frozen=True)
class WorkQueue:
    """The key of the queue, its consumer group, the name of the consumer, and the keys of the partition."""

    key: str
    group: str
    consumer: str
    keys: Keys


class QueueReader:
    """Reads new entries. After each connect it first reads the pending entries that this process does not hold.

    At the first connect, an earlier run left these entries pending; later, the reply that delivered them was lost. When no new entry
    waits for the first time after a connect, it reads the pending entries once more: Redis may have given one to the earlier
    connection, whose end it had not noticed yet.
    """

    def __init__(self, queue: WorkQueue, limit: ReadLimit, in_flight: InFlight, receiver: Receiver) -> None:
        self._queue = queue
        self._limit = limit
        self._in_flight = in_flight
        self._receiver = receiver
        self._lost_refused = FaultReporter(log, queue.consumer)
        self._connected_before = False
        # Whether the pending entries are those of an earlier run.
        self._recovering = True
        # The last pending entry that was read; None: all have been read.
        self._pending_cursor: bytes | None = _FIRST
        # Whether the pending entries were read once more since the last connect.
        self._pending_read_again = False
        # The last known entry of the queue, and whether there may be newer ones.
        self._last_seen = _FIRST
        self._may_have_more = True
        self._pending_checked_at = time.monotonic()

    async def connected(self, link: Link) -> None:
        """Creates the consumer group if it is missing, at the start of the stream, so that no entry is skipped."""
        queue = self._queue
        # The rank is from the time before the connection was lost: readers that waited meanwhile go first.
        self._in_flight.drop_place()
        made = await link.run(script.ENSURE_GROUP, (queue.key,), (queue.group,))
        if made == 1 and self._connected_before:
            log.warning("consumer group %s of %s was missing; created it again at the start of the stream", queue.group, queue.key)
        self._connected_before = True
        self._pending_cursor = _FIRST
        self._pending_read_again = False
        # A restarted Redis may have lost its last entries.
        self._last_seen = _FIRST
        self._may_have_more = True

    def wake(self) -> None:
        """Not needed: the waits are short."""

    async def stopping(self, link: Link) -> None:
        """There is nothing to finish."""

    async def run_once(self, link: Link) -> None:
        """Reads once, if there is a free slot."""
        await self._release_reassigned(link)
        if not self._limit.exclusive and self._pending_cursor is None and not self._may_have_more:
            await self._wait_for_entry(link)
            return
        free = await self._in_flight.acquire(self._limit.count, _BLOCK_SECONDS)
        if free == 0:
            return
        try:
            for entry, fields in await self._read(link, free):
                if fields is None:
                    await self._record_lost(link, entry)
                    continue
                execution = self._in_flight.begin(entry)
                if execution is not None:
                    free -= 1
                    self._receive(entry, fields, execution)
        finally:
            self._in_flight.release(free)

    def _receive(self, entry: bytes, fields: list[bytes], execution: Execution) -> None:
        if self._recovering:
            self._receiver.recovered(entry, fields)
        else:
            self._receiver.received(entry, fields, execution)

    async def _read(self, link: Link, at_most: int) -> list[tuple[bytes, list[bytes] | None]]:
        if self._pending_cursor is None:
            self._recovering = False
            block = ("BLOCK", _BLOCK_MS) if self._limit.exclusive else ()
            entries = await self._group_read(link, at_most, block, b">")
            self._may_have_more = len(entries) == at_most
            if not entries:
                self._read_pending_again()
            self._last_seen = entries[-1][0] if entries else self._last_seen
            return entries
        # Copy before the call: an entry that is held now may be answered before the reply arrives.
        held = self._in_flight.copy()
        entries = await self._group_read(link, at_most, (), self._pending_cursor)
        self._pending_cursor = entries[-1][0] if entries else None
        return [(entry, fields) for entry, fields in entries if entry not in held]

    async def _group_read(self, link: Link, at_most: int, block: tuple[Any, ...], after: bytes) -> list[tuple[bytes, list[bytes] | None]]:
        queue = self._queue
        head = ("XREADGROUP", "GROUP", queue.group, queue.consumer, "COUNT", at_most)
        reply = await link.call(*head, *block, "STREAMS", queue.key, after, wait=_BLOCK_SECONDS)
        return [(entry, fields) for entry, fields in reply[0][1]] if reply else []

    async def _wait_for_entry(self, link: Link) -> None:
        """Waits for a new entry without occupying a slot, so that other partitions can use it."""
        reply = await link.call("XREAD", "COUNT", 1, "BLOCK", _BLOCK_MS, "STREAMS", self._queue.key, self._last_seen, wait=_BLOCK_SECONDS)
        if reply:
            self._last_seen = reply[0][1][0][0]
            self._may_have_more = True
        else:
            self._read_pending_again()

    def _read_pending_again(self) -> None:
        if not self._pending_read_again:
            self._pending_read_again = True
            self._pending_cursor = _FIRST

    async def _release_reassigned(self, link: Link) -> None:
        """Frees the slots of frames that the service took away while their handlers were running."""
        now = time.monotonic()
        if now - self._pending_checked_at < _PENDING_CHECK_INTERVAL:
            return
        self._pending_checked_at = now
        queue = self._queue
        running = self._in_flight.running_for(_PENDING_CHECK_INTERVAL)
        commands = [("XPENDING", queue.key, queue.group, entry, entry, 1, queue.consumer) for entry in running]
        for entry, pending in zip(running, await link.call_all(commands) if commands else (), strict=True):
            if pending == [] and self._in_flight.abandon(entry):
                log.warning(
                    "entry %s of %s was taken away while its handler was running; its slot is free again", entry.decode(), queue.key
                )

    async def _record_lost(self, link: Link, entry: bytes) -> None:
        """Acknowledges a pending entry that was deleted, and counts the frame as lost. It would occupy capacity for ever."""
        queue, named = self._queue, self._queue.keys.named
        keys = [queue.key, named("frame-buffer:ledger"), named("frame-buffer:parts"), queue.keys.returned]
        keys += [named("frames:dead-letter"), named("frame-buffer:shed"), named("frame-buffer:taken")]
        keys += [named("frame-buffer:suspects"), named("frame-buffer:circuits"), named("frame-buffer:shares")]
        keys += [
            named("frame-buffer:deferred"),
            named("frame-buffer:deferred-due"),
            named("frame-buffer:deferred-clock"),
            named("frame-buffer:accepted"),
        ]
        bounds = (100_000, 10_000, 10_000, 0)
        nothing_captured = ("", "", "", 0)
        try:
            await link.run(
                script.HAND_OFF,
                keys,
                ("", "queue", *bounds, *nothing_captured, entry, entry, "unknown", "lost", "", 0),
            )
        except ResponseError as e:
            if needs_reconnect(e):
                raise
            # The next connect tries again. Until then the entry occupies capacity, but the other frames go on.
            self._lost_refused.report(f"Redis refuses to count deleted entries of {queue.key} as lost ({error_text(e)}); they stay pending")
            return
        self._lost_refused.resolve(f"Redis counts deleted entries of {queue.key} as lost again")
        log.error("a frame is lost: entry %s was deleted from %s before it was answered", entry.decode(), queue.key)
