"""Sends answers, each until what came of it is known: after a lost connection it is sent again, which does nothing when it had
been done. There are never more under way than frames in progress."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass

from detektor.processor import script, wire
from detektor.processor.answers import AnswerRoute, Returned
from detektor.processor.counters import FrameCounters
from detektor.processor.faults import FaultReporter
from detektor.processor.flag import Flag
from detektor.processor.redis_link import Link, ResponseError, error_text, is_code, needs_reconnect
from detektor.processor.slots import InFlight

log = logging.getLogger("detektor.processor")
_MAX_BATCH = 256
_WAIT = 0.5
_RETRY_AFTER = 1.0


@dataclass(slots=True)
class PendingAnswer:
    """An answer on its way: what counts it (success, error, failed, retry, rejected), and the call that gives it."""

    entry: bytes
    queued: wire.QueuedFrame
    outcome: str
    took: float
    call: bytes


class AnswerSender:
    """For one queue."""

    def __init__(self, route: AnswerRoute, in_flight: InFlight, counters: FrameCounters) -> None:
        self._route = route
        self._in_flight = in_flight
        self._counters = counters
        self._results_refused = FaultReporter(log, route.processor)
        self._answers_refused = FaultReporter(log, route.processor)
        self._waiting: deque[PendingAnswer] = deque()
        self._arrived = Flag()
        # Those whose outcome is not known yet; and whether they were sent before, on a connection that failed.
        self._sent: list[PendingAnswer] = []
        self._outcome_unknown = False

    def send(self, answer: PendingAnswer) -> None:
        """Puts an answer on its way."""
        self._waiting.append(answer)
        self._arrived.set()

    def wake(self) -> None:
        """Ends the wait for an answer."""
        self._arrived.set()

    async def connected(self, link: Link) -> None:
        """What was under way is sent again with the next run_once."""

    async def run_once(self, link: Link) -> None:
        """Sends what waits, all at once."""
        if not self._sent and not self._waiting:
            self._arrived.clear()
            await self._arrived.wait(_WAIT)
        await self._send(link)

    async def stopping(self, link: Link) -> None:
        """Sends what is unsent."""
        while self._sent or self._waiting:
            await self._send(link)

    async def _send(self, link: Link) -> None:
        if not self._sent:
            while self._waiting and len(self._sent) < _MAX_BATCH:
                self._sent.append(self._waiting.popleft())
        if not self._sent:
            return
        outcome_unknown, self._outcome_unknown = self._outcome_unknown, True
        replies = await link.run_packed(script.FINISH, [answer.call for answer in self._sent])
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
        self._sent = unsent
        if reconnect is not None:
            raise reconnect
        self._outcome_unknown = False

    def _done(self, answer: PendingAnswer, accepted: bool) -> None:
        """``accepted``: it was taken now, or may have been by an earlier try whose outcome is not known."""
        self._answers_refused.resolve("answers are taken again")
        if accepted:
            self._counters.ended(answer.outcome, answer.took)
        else:
            log.info(
                "frame %s (entry %s) was taken away while it was in progress; its answer is dropped",
                answer.queued.event.frame_id,
                answer.entry.decode(),
            )
        self._in_flight.end(answer.entry)

    def _refused(self, answer: PendingAnswer, why: ResponseError) -> None:
        if answer.outcome in {"success", "error"} and "WRONGTYPE" in str(why):
            # The key of the results is no stream: trying again is of no use.
            self._results_refused.report(f"results are refused ({error_text(why)}); the frames go back as failed")
            back = Returned("failed", f"its result was refused: {error_text(why)}")
            answer.outcome = "failed"
            answer.call = self._route.returned(answer.entry, answer.queued, back)
            self.send(answer)
            return
        # Redis is busy, lacks replicas or disk, …: the frame is finished, and its answer is as good later.
        self._answers_refused.report(f"Redis takes no answer ({error_text(why)}); the frames stay, and it is tried again")
        asyncio.get_running_loop().call_later(_RETRY_AFTER, self.send, answer)


__all__ = ["AnswerSender", "PendingAnswer", "is_code"]
