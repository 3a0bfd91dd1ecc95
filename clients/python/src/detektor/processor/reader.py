"""Reads a work queue, never more than can be started at once."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Any, Protocol

from detektor.processor import script
from detektor.processor.keys import Keys
from detektor.processor.redis_link import Link
from detektor.processor.slots import InFlight, Run, Slots

log = logging.getLogger("detektor.processor")
_WAIT = 0.25
_WAIT_MS = 250
# How often it is looked whether what a handler has had for as long is still ours.
_LOOK = 1.0
_FIRST = b"0-0"
_MANY = 8


class Receiver(Protocol):
    """Who gets what was read. Each returns at once."""

    def received(self, entry: bytes, fields: list[bytes], run: Run) -> None:
        """An entry is in progress from now until it is answered."""

    def inherited(self, entry: bytes, fields: list[bytes]) -> None:
        """The same for one that an earlier life of this processor had in progress when it ended."""


@dataclass(frozen=True)
class Share:
    """How a reader shares the slots with those who read in other partitions: frames read at once, and whether it is alone."""

    most: int
    alone: bool

    @property
    def at_once(self) -> int:
        """How many are read at once: of many a half, so that some are handled while others are read and answered."""
        return self.most if self.most < _MANY else -(-self.most // 2)

    @staticmethod
    def of(slots: Slots, readers: int) -> Share:
        """One of so many that read."""
        return Share(-(-slots.most // readers), readers == 1)


@dataclass(frozen=True)
class Queue:
    """Where it reads: the key of the queue, the group, the consumer, and the keys of the partition."""

    key: str
    group: str
    consumer: str
    keys: Keys


class QueueReader:
    """On each new connection it begins with what was delivered to this processor before and is not in progress here: on the
    first, an earlier life of it left that behind; later, a reply was lost."""

    def __init__(self, queue: Queue, share: Share, in_flight: InFlight, receiver: Receiver) -> None:
        self._queue = queue
        self._share = share
        self._in_flight = in_flight
        self._receiver = receiver
        self._connected_before = False
        # Whether what is pending was left by an earlier life.
        self._inheriting = True
        # How far the pending entries have been read; None: all of them.
        self._pending_read_to: bytes | None = _FIRST
        # The last entry that was seen in the queue, whoever was given it; and whether something may wait behind it.
        self._seen = _FIRST
        self._waiting = True
        self._looked_at = time.monotonic()

    async def connected(self, link: Link) -> None:
        """Makes the group if it is missing: it begins at the start of the stream, so that nothing is skipped."""
        queue = self._queue
        made = await link.run(script.ENSURE_GROUP, (queue.key,), (queue.group,))
        if made == 1 and self._connected_before:
            log.warning("group %s of %s had vanished; created it anew from the start of the stream", queue.group, queue.key)
        self._connected_before = True
        self._pending_read_to = _FIRST
        # It may be a Redis that has forgotten its last entries.
        self._seen = _FIRST
        self._waiting = True

    def wake(self) -> None:
        """Its waits are short."""

    async def stopping(self, link: Link) -> None:
        """There is nothing to finish."""

    async def turn(self, link: Link) -> None:
        """Reads once, if there is a free slot."""
        await self._let_go_of_taken(link)
        if not self._share.alone and self._pending_read_to is None and not self._waiting:
            await self._await_entry(link)
            return
        free = await self._in_flight.take(self._share.at_once, _WAIT)
        if free == 0:
            return
        try:
            for entry, fields in await self._read(link, free):
                if fields is None:
                    await self._lost(link, entry)
                    continue
                run = self._in_flight.begin(entry)
                if run is not None:
                    free -= 1
                    self._receive(entry, fields, run)
        finally:
            self._in_flight.give_back(free)

    def _receive(self, entry: bytes, fields: list[bytes], run: Run) -> None:
        if self._inheriting:
            self._receiver.inherited(entry, fields)
        else:
            self._receiver.received(entry, fields, run)

    async def _read(self, link: Link, at_most: int) -> list[tuple[bytes, list[bytes] | None]]:
        if self._pending_read_to is None:
            self._inheriting = False
            block = ("BLOCK", _WAIT_MS) if self._share.alone else ()
            entries = await self._group_read(link, at_most, block, b">")
            self._waiting = len(entries) == at_most
            self._seen = entries[-1][0] if entries else self._seen
            return entries
        # What was held before the question may be answered by the time of the reply, and is then no longer held.
        held = self._in_flight.copy()
        entries = await self._group_read(link, at_most, (), self._pending_read_to)
        self._pending_read_to = entries[-1][0] if entries else None
        return [(entry, fields) for entry, fields in entries if entry not in held]

    async def _group_read(self, link: Link, at_most: int, block: tuple[Any, ...], after: bytes) -> list[tuple[bytes, list[bytes] | None]]:
        queue = self._queue
        head = ("XREADGROUP", "GROUP", queue.group, queue.consumer, "COUNT", at_most)
        reply = await link.call(*head, *block, "STREAMS", queue.key, after, wait=_WAIT)
        return [(entry, fields) for entry, fields in reply[0][1]] if reply else []

    async def _await_entry(self, link: Link) -> None:
        """Waits without a slot, which others need, until there is an entry that was not seen before."""
        reply = await link.call("XREAD", "COUNT", 1, "BLOCK", _WAIT_MS, "STREAMS", self._queue.key, self._seen, wait=_WAIT)
        if reply:
            self._seen = reply[0][1][0][0]
            self._waiting = True

    async def _let_go_of_taken(self, link: Link) -> None:
        """A handler that runs on after its frame was taken away, or never returns, keeps no slot."""
        now = time.monotonic()
        if now - self._looked_at < _LOOK:
            return
        self._looked_at = now
        queue = self._queue
        running = self._in_flight.running_for(_LOOK)
        asked = [("XPENDING", queue.key, queue.group, entry, entry, 1, queue.consumer) for entry in running]
        for entry, pending in zip(running, await link.call_all(asked) if asked else (), strict=True):
            if pending == [] and self._in_flight.abandon(entry):
                log.warning("entry %s of %s was taken away while its handler ran; its slot is free", entry.decode(), queue.key)

    async def _lost(self, link: Link, entry: bytes) -> None:
        """A pending entry whose frame somebody deleted would hold room for ever. It is acknowledged, and counted as lost."""
        queue, named = self._queue, self._queue.keys.named
        keys = [queue.key, named("frame-buffer:ledger"), named("frame-buffer:parts"), queue.keys.returned]
        keys += [named("frames:dead-letter"), named("frame-buffer:shed"), named("frame-buffer:taken")]
        keys += [named("frame-buffer:suspects"), named("frame-buffer:circuits"), named("frame-buffer:shares")]
        keys += [
            named("frame-buffer:deferred"),
            named("frame-buffer:deferred-due"),
            named("frame-buffer:deferred-clock"),
        ]
        bounds = (100_000, 10_000, 10_000, 0)
        nothing_captured = ("", "", "", 0)
        await link.run(
            script.HAND_OFF,
            keys,
            ("", "queue", *bounds, *nothing_captured, entry, entry, "unknown", "lost", "", 0),
        )
        log.error("a frame is lost: entry %s was deleted from %s before it was answered", entry.decode(), queue.key)
