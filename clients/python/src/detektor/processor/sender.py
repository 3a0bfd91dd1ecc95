"""Sends answers to Redis until the outcome of each is known.

After a lost connection an answer is sent again; the script ignores an answer that was already applied. The number of answers on
their way never exceeds the number of frames in progress.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from detektor.processor import rights, script, wire
from detektor.processor.answers import AnswerCall, AnswerRoute, Returned
from detektor.processor.counters import FrameCounters
from detektor.processor.faults import FaultReporter
from detektor.processor.flag import Flag
from detektor.processor.redis_link import Link, ResponseError, error_text, needs_reconnect
from detektor.processor.slots import InFlight

log = logging.getLogger("detektor.processor")
_MAX_BATCH = 256
# Bytes that are sent together: more might not be sent and answered within the timeout of the connection.
_MAX_BATCH_BYTES = 8 << 20
_WAIT = 0.5
_RETRY_AFTER = 1.0
_RESULTS = {"success", "error"}
# The reply of the script when no other part of the frame is left, and no dead letter.
_WHOLE_FRAME = 2


@dataclass(slots=True)
class PendingAnswer:
    """An answer on its way. ``outcome``: success, error, failed, retry or rejected. ``call``: the Redis call."""

    entry: bytes
    queued: wire.QueuedFrame
    outcome: str
    took: float
    call: AnswerCall


class AnswerSender:
    """The sender of one work queue."""

    def __init__(
        self,
        route: AnswerRoute,
        in_flight: InFlight,
        counters: FrameCounters,
        ended: Callable[[wire.QueuedFrame], None] = lambda _: None,
    ) -> None:
        """``ended``: called for each frame that ended as a whole with an answer; returns at once."""
        self._route = route
        self._ended = ended
        self._in_flight = in_flight
        self._counters = counters
        self._results_refused = FaultReporter(log, route.processor)
        self._answers_refused = FaultReporter(log, route.processor)
        self._waiting: deque[PendingAnswer] = deque()
        self._arrived = Flag()
        # Answers without a reply, and whether they were sent on a connection that failed.
        self._sent: list[PendingAnswer] = []
        self._outcome_unknown = False
        self._counts = True

    @property
    def trouble(self) -> str | None:
        """Why Redis refuses the answers; None: it accepts them."""
        return self._answers_refused.current or self._results_refused.current

    def send(self, answer: PendingAnswer) -> None:
        """Adds an answer to be sent."""
        self._waiting.append(answer)
        self._arrived.set()

    def wake(self) -> None:
        """Ends the wait for an answer."""
        self._arrived.set()

    async def connected(self, link: Link) -> None:
        """Finds out whether the user may write the ledger. The next step sends the answers without a reply again."""
        self._counts = await rights.has(link, self._route.counting)

    async def run_once(self, link: Link) -> None:
        """Sends the waiting answers together."""
        if not self._sent and not self._waiting:
            self._arrived.clear()
            await self._arrived.wait(_WAIT)
        await self._send(link)

    async def stopping(self, link: Link) -> None:
        """Sends the remaining answers."""
        while self._sent or self._waiting:
            await self._send(link)

    async def _send(self, link: Link) -> None:
        if not self._sent:
            self._sent = self._next_batch()
        if not self._sent:
            return
        outcome_unknown, self._outcome_unknown = self._outcome_unknown, True
        answering = script.FINISH if self._counts else script.ANSWER
        replies = await link.run_packed(answering, [answer.call.encoded(self._counts) for answer in self._sent])
        unsent: list[PendingAnswer] = []
        reconnect: ResponseError | None = None
        for answer, reply in zip(self._sent, replies, strict=True):
            if needs_reconnect(reply):
                reconnect = reply
                unsent.append(answer)
            elif isinstance(reply, ResponseError):
                self._refused(answer, reply)
            else:
                self._done(answer, bool(reply) or outcome_unknown)
                if reply == _WHOLE_FRAME:
                    self._ended(answer.queued)
        self._sent = unsent
        if reconnect is not None:
            raise reconnect
        self._outcome_unknown = False

    def _next_batch(self) -> list[PendingAnswer]:
        batch: list[PendingAnswer] = []
        size = 0
        while self._waiting and len(batch) < _MAX_BATCH:
            size += len(self._waiting[0].call)
            if batch and size > _MAX_BATCH_BYTES:
                break
            batch.append(self._waiting.popleft())
        return batch

    def _done(self, answer: PendingAnswer, accepted: bool) -> None:
        """``accepted``: Redis applied the answer now, or may have applied it on an earlier connection."""
        self._answers_refused.resolve("Redis accepts answers again")
        if answer.outcome in _RESULTS:
            self._results_refused.resolve("Redis accepts results again")
        if accepted:
            self._counters.ended(answer.outcome, answer.took)
        else:
            log.info(
                "the service took frame %s (entry %s) away while it was in progress; its answer is dropped",
                answer.queued.event.frame_id,
                answer.entry.decode(),
            )
        self._in_flight.end(answer.entry)

    def _refused(self, answer: PendingAnswer, why: ResponseError) -> None:
        if answer.outcome in _RESULTS and "WRONGTYPE" in str(why):
            # The key of the results is not a stream: a retry would fail too.
            self._results_refused.report(f"Redis refuses results ({error_text(why)}); the frames are returned as failed")
            back = Returned("failed", f"Redis refused the result: {error_text(why)}")
            answer.outcome = "failed"
            answer.call = self._route.returned(answer.entry, answer.queued, back)
            self.send(answer)
            return
        # Redis is busy, or lacks replicas or disk space: send the answer again later.
        self._answers_refused.report(f"Redis refuses answers ({error_text(why)}); the frames stay pending, and the answers are sent again")
        asyncio.get_running_loop().call_later(_RETRY_AFTER, self.send, answer)


__all__ = ["AnswerSender", "PendingAnswer"]
