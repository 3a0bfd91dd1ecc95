"""Runs handlers in the event loop or in threads."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue

from detektor.processor import calls, log_context
from detektor.processor.answers import Answer, Result, Returned, describe, failed
from detektor.processor.frames import Frame
from detektor.processor.jobs import Call
from detektor.processor.tracing import Span, Tracing

log = logging.getLogger("detektor.processor")
Outcome = tuple[Call, list[Answer], float, list[Span]]


def report(outcome: Outcome) -> None:
    """Reports the answers of a call. In the event loop."""
    call, answers, took, spans = outcome
    for job, answer, span in zip(call.jobs, answers, spans, strict=True):
        job.done(job, answer, took, span.traceparent)


def release(call: Call) -> None:
    """Another call can begin, and other frames can be read for it. In the event loop."""
    call.ended()
    for job in call.jobs:
        job.free(job)


def failure_reason(answer: Answer) -> str | None:
    """The error text for the span; None: the frame was processed without an error."""
    if isinstance(answer, Result):
        return "the handler answered with an error" if answer.status == "error" else None
    return answer.detail if isinstance(answer, Returned) and answer.kind == "failed" else None


class LoopPool:
    """For ``async def`` handlers: each call is a task of the event loop."""

    def __init__(self, handler: calls.Handler, batch: bool, tracing: Tracing) -> None:
        self._handler = handler
        self._batch = batch
        self._tracing = tracing
        # The running calls, and what cancels each.
        self._tasks: dict[asyncio.Task[None], Callable[[], None]] = {}

    async def start(self) -> None:
        """Nothing to prepare."""

    def begin(self, call: Call) -> None:
        """Runs the call as a task."""
        cancelled = False
        task = asyncio.get_running_loop().create_task(self._run(call, lambda: cancelled))

        def cancel() -> None:
            nonlocal cancelled
            cancelled = True
            task.cancel()

        call.interrupt = self._tasks[task] = cancel
        task.add_done_callback(self._tasks.pop)

    async def _run(self, call: Call, cancelled: Callable[[], bool]) -> None:
        spans = [self._tracing.begin(job.queued) for job in call.jobs]
        frames = [Frame(job.queued, job.pixels) for job in call.jobs]
        log_context.enter(*(job.queued for job in call.jobs))
        begun = time.perf_counter()
        try:
            with spans[0].current():
                answers = await calls.call_async(self._handler, frames, self._batch, cancelled)
        except Exception as e:
            log.exception("a call failed outside of the handler")
            answers = [failed(describe(e)) for _ in call.jobs]
        took = time.perf_counter() - begun
        for span, answer in zip(spans, answers, strict=True):
            span.end(failure_reason(answer))
        report((call, answers, took, spans))
        release(call)

    async def stop(self, within: float) -> None:
        """Cancels the running calls."""
        tasks = dict(self._tasks)
        for cancel in tasks.values():
            cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=within)


class ThreadPool:
    """For ``def`` handlers: each call runs in a thread, which later calls reuse. The threads are daemons: they never keep the process
    alive.
    """

    def __init__(self, name: str, handler: calls.Handler, batch: bool, tracing: Tracing) -> None:
        self._name = name
        self._handler = handler
        self._batch = batch
        self._tracing = tracing
        self._work: SimpleQueue[Call | None] = SimpleQueue()
        # What threads leave to the event loop.
        self._steps: deque[Callable[[], None]] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wakeup_scheduled = False
        self._threads = 0
        self._busy = 0

    async def start(self) -> None:
        """Threads start on demand."""
        self._loop = asyncio.get_running_loop()

    def begin(self, call: Call) -> None:
        """Passes the call to an idle thread, or to a new one."""
        self._busy += 1
        if self._busy > self._threads:
            try:
                threading.Thread(target=self._serve, name=f"{self._name}-{self._threads + 1}", daemon=True).start()
            except RuntimeError as e:
                # The system allows no more threads.
                answers = [failed(describe(e)) for _ in call.jobs]
                self._end((call, answers, 0.0, [Span(job.queued.event.trace) for job in call.jobs]))
                return
            self._threads += 1
        self._work.put(call)

    def _serve(self) -> None:
        while True:
            call = self._work.get()
            if call is None:
                return
            spans = [self._tracing.begin(job.queued) for job in call.jobs]
            log_context.enter(*(job.queued for job in call.jobs))
            begun = time.perf_counter()
            try:
                with spans[0].current():
                    answers = self._answers(call)
            except BaseException as e:
                # The thread must go on: the pool counts on it.
                log.exception("%s: a call failed outside of the handler", self._name)
                answers = [failed(describe(e)) for _ in call.jobs]
            took = time.perf_counter() - begun
            log_context.enter()
            for span, answer in zip(spans, answers, strict=True):
                span.end(failure_reason(answer))
            self._end((call, answers, took, spans))

    def _answers(self, call: Call) -> list[Answer]:
        frames = [Frame(job.queued, job.pixels) for job in call.jobs]
        return calls.call(self._handler, frames, self._batch)

    def _end(self, outcome: Outcome) -> None:
        """The call has ended."""
        self._post(partial(report, outcome))
        self._post(partial(self._release, outcome[0]))

    def _release(self, call: Call) -> None:
        self._busy -= 1
        release(call)

    def _post(self, step: Callable[[], None]) -> None:
        self._steps.append(step)
        if not self._wakeup_scheduled and self._loop is not None:
            # One wake-up covers all calls that end before the loop runs `_collect`.
            self._wakeup_scheduled = True
            try:
                self._loop.call_soon_threadsafe(self._collect)
            except RuntimeError:
                # The event loop has ended: the frames stay pending.
                return

    def _collect(self) -> None:
        self._wakeup_scheduled = False
        while self._steps:
            self._steps.popleft()()

    async def stop(self, within: float) -> None:  # noqa: ARG002 - threads cannot be ended
        """Ends the idle threads. A thread whose handler does not return dies with the process."""
        for _ in range(self._threads):
            self._work.put(None)
