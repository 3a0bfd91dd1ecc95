"""Consumes one partition: reads the work queue there, and sends the answers."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import cast

from detektor.processor import rights, wire
from detektor.processor.answers import Answer, AnswerCall, AnswerRoute, Result, Returned
from detektor.processor.config import ProcessorConfig
from detektor.processor.counters import FrameCounters
from detektor.processor.frames import PixelStore
from detektor.processor.jobs import Batcher, Job
from detektor.processor.keys import Keys
from detektor.processor.metrics import ProcessorMetrics
from detektor.processor.pixel_release import PixelRelease
from detektor.processor.reader import QueueReader, ReadLimit, WorkQueue
from detektor.processor.redis_address import RedisAddress
from detektor.processor.redis_task import RedisTask
from detektor.processor.sender import AnswerSender, PendingAnswer
from detektor.processor.slots import Execution, InFlight, Slots

log = logging.getLogger("detektor.processor")
# The service sheds the expired frame at its next hand-off. The delay covers a clock that is behind ours.
_RETRY_DELAY_MS = 100


@dataclass(frozen=True)
class ConsumerContext:
    """Objects that all partition consumers of a processor share. ``partitions``: the number of partitions."""

    config: ProcessorConfig
    redis: RedisAddress
    slots: Slots
    batcher: Batcher
    counters: FrameCounters
    metrics: ProcessorMetrics
    partitions: int


class PartitionConsumer:
    """One partition."""

    def __init__(self, context: ConsumerContext, keys: Keys) -> None:
        config = context.config
        queue = keys.named(config.queue)
        results = keys.named(config.result_stream)
        named = config.processor_id if context.partitions == 1 else f"{config.processor_id}-{keys.prefix}"
        group = f"{config.processor_id}-group"
        needs = rights.needs_of_processor(keys, queue, results, context.partitions, config.pixels_redis_url is None)
        self._context = context
        self._prefix = keys.prefix
        self._in_flight = InFlight(context.slots)
        self._pixels = PixelStore(config.pixels_redis, keys)
        self._release = PixelRelease(self._pixels)
        self._route = AnswerRoute(keys, queue, group, config.processor_id, results, config.results_kept)
        self._sender = AnswerSender(self._route, self._in_flight, context.counters, self._release.frame_ended)
        self._answers = RedisTask(f"{named}-answers", context.redis, queue, self._sender, needs)
        work_queue = WorkQueue(queue, group, f"{config.processor_id}-1", keys)
        reader = QueueReader(work_queue, ReadLimit.of(context.slots, context.partitions), self._in_flight, self)
        self._reader = RedisTask(f"{named}-reader", context.redis, queue, reader, needs)

    def start(self) -> None:
        """Starts to read and to answer."""
        self._answers.start()
        self._reader.start()

    @property
    def trouble(self) -> str | None:
        """The current fault of reading or answering; None: there is none."""
        return self._reader.trouble or self._answers.trouble or self._sender.trouble

    @property
    def held(self) -> int:
        """The number of frames that this process holds: read, and not known to be answered."""
        return len(self._in_flight)

    def received(self, entry: bytes, fields: list[bytes], execution: Execution) -> None:
        """Passes a new frame to the handler, unless the frame is expired or malformed."""
        queued = self._decode(entry, fields)
        if queued is None:
            return
        expired = answer_if_expired(queued)
        if expired is not None:
            self._return(entry, queued, expired)
            return
        self._context.batcher.add(Job(entry, queued, execution, self._pixels.find, self._prefix, self._done, self._free))

    def recovered(self, entry: bytes, fields: list[bytes]) -> None:
        """Returns a frame of an earlier run as failed and suspect: this frame may have ended the process."""
        queued = self._decode(entry, fields)
        if queued is not None:
            self._return(entry, queued, Returned("failed", "its processor ended while it held the frame"), suspect=True)

    def _decode(self, entry: bytes, fields: list[bytes]) -> wire.QueuedFrame | None:
        try:
            return wire.decode_queued(entry.decode(), fields)
        except wire.Malformed as e:
            # No processor can process a malformed entry: it becomes a dead letter, with all its fields.
            log.warning("entry %s of the work queue is malformed and is rejected: %s", entry.decode(), e)
            queued = wire.unreadable(entry.decode(), fields)
            self._return(entry, queued, answer_for_malformed(e))
            return None

    def _return(self, entry: bytes, queued: wire.QueuedFrame, returned: Returned, suspect: bool = False) -> None:
        self._in_flight.finished(entry)
        call = self._route.returned(entry, queued, returned, suspect)
        self._sender.send(PendingAnswer(entry, queued, returned.kind, 0.0, call))

    def _done(self, job: Job, answer: Answer, took: float, trace: str) -> None:
        """The handler has finished the frame."""
        needed = self._in_flight.answered(job.entry)
        written, call = write_answer(self._route, job, answer, took, trace)
        outcome = written.status if isinstance(written, Result) else written.kind
        self._context.metrics.processed(outcome, took)
        if not needed:
            return
        self._sender.send(PendingAnswer(job.entry, job.queued, outcome, took, call))

    def _free(self, job: Job) -> None:
        """The handler can take another frame."""
        self._in_flight.free(job.entry)

    async def stop_reading(self) -> None:
        """Stops reading."""
        await self._reader.stop()

    async def wait_answered(self, wait: float) -> bool:
        """Waits at most ``wait`` seconds until all held frames are answered; returns whether they are."""
        return await self._in_flight.wait_empty(wait)

    async def close(self) -> None:
        """Sends the remaining answers and closes the connections."""
        await self._answers.stop()
        await self._release.close()
        await asyncio.to_thread(self._pixels.close)


def answer_for_malformed(malformed: wire.Malformed) -> Returned:
    """The answer for an entry that cannot be decoded."""
    return Returned("rejected", f"cannot be read: {malformed}"[:1_000])


def answer_if_expired(queued: wire.QueuedFrame) -> Returned | None:
    """The answer for an expired frame, which is not handled; None: it is not expired. The service sheds expired frames, and counts them."""
    until = queued.event.expires_at
    if until is None or until > _now():
        return None
    return Returned("retry", f"it was worth processing until {until}", _RETRY_DELAY_MS)


def write_answer(route: AnswerRoute, job: Job, answer: Answer, took: float, trace: str) -> tuple[Result | Returned, AnswerCall]:
    """The answer of a handler, and its Redis call. An answer that cannot be written is a failed attempt."""
    try:
        call = route.call(job.entry, job.queued, answer, _now(), took * 1_000, trace)
        return cast("Result | Returned", answer), call
    except Exception as e:
        # A frame without an answer would occupy its slot for ever.
        log.exception("the answer for frame %s cannot be written; the attempt has failed", job.queued.event.frame_id)
        back = Returned("failed", f"the answer cannot be written: {type(e).__name__}")
        return back, route.returned(job.entry, job.queued, back)


def _now() -> datetime:
    return datetime.now(timezone.utc)
