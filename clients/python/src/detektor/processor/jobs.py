"""Frames on their way to the handler, and their grouping into batches."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from detektor.processor import wire
from detektor.processor.answers import Answer
from detektor.processor.frames import PixelSource
from detektor.processor.slots import Execution


@dataclass(slots=True, eq=False)
class Job:
    """One frame. ``done`` is called once in the event loop, with the answer, the processing time in seconds and the ``traceparent``;
    then ``free``, when the handler can take another frame. A frame that the service takes away before its call begins is only freed.
    """

    entry: bytes
    queued: wire.QueuedFrame
    execution: Execution
    pixels: PixelSource
    prefix: str
    done: Callable[[Job, Answer, float, str], None]
    free: Callable[[Job], None]


@dataclass(slots=True, eq=False)
class Call:
    """One call of the handler, for a frame or a batch. ``ended`` is called in the event loop when another call can begin.

    ``ends_itself``: whether the pool ends the call after an interrupt; if not, it ends at once, and its handler is left behind.
    """

    jobs: list[Job]
    ended: Callable[[], None]
    interrupt: Callable[[], None] | None = None
    ends_itself: bool = False
    abandoned: set[Job] = field(default_factory=set)

    @property
    def is_abandoned(self) -> bool:
        """Whether the service took all frames of the call away. Thread-safe."""
        return len(self.abandoned) == len(self.jobs)

    def abandon(self, job: Job) -> None:
        """The service took this frame away while the handler was running. If it took all frames of the call, the call ends."""
        self.abandoned.add(job)
        if self.is_abandoned:
            if not self.ends_itself:
                self.ended()
            if self.interrupt is not None:
                self.interrupt()


class Pool(Protocol):
    """Runs handlers."""

    async def start(self) -> None:
        """Prepares the pool. Raises StartFailed when that fails."""

    def begin(self, call: Call) -> None:
        """Starts the call and returns at once."""

    async def stop(self, within: float) -> None:
        """Stops the pool; waits at most ``within`` seconds for running calls, and then leaves them behind."""


class Batcher:
    """Groups frames into calls: at most ``calls`` parallel calls of at most ``size`` frames. The first frame of a call waits at most
    ``wait`` seconds for others.
    """

    def __init__(self, pool: Pool, calls: int, size: int, wait: float) -> None:
        self._pool = pool
        self._free_calls = calls
        self._size = size
        self._wait = wait
        self._queued: deque[Job] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._timed_out = False
        self._flushing = False

    def add(self, job: Job) -> None:
        """Adds a frame."""
        job.execution.interrupt = partial(self._abandon_queued, job)
        self._queued.append(job)
        self._start_calls()

    def _abandon_queued(self, job: Job) -> None:
        """The service took the frame away before its call began."""
        self._queued.remove(job)
        job.free(job)

    def flush(self) -> None:
        """No more frames will come: starts calls without waiting for full batches."""
        self._flushing = True
        self._start_calls()

    def drop(self) -> None:
        """Starts no more calls: the frames that wait for one stay pending."""
        self._queued.clear()

    def _start_calls(self) -> None:
        while self._free_calls and self._queued and (len(self._queued) >= self._size or self._timed_out or self._flushing):
            jobs = [self._queued.popleft() for _ in range(min(self._size, len(self._queued)))]
            self._timed_out = False
            self._free_calls -= 1
            self._pool.begin(_call(jobs, self._ended))
        if self._queued and self._timer is None and not self._timed_out and self._size > 1:
            self._timer = asyncio.get_running_loop().call_later(self._wait, self._on_timeout)

    def _on_timeout(self) -> None:
        self._timer = None
        self._timed_out = bool(self._queued)
        self._start_calls()

    def _ended(self) -> None:
        self._free_calls += 1
        self._start_calls()


def _call(jobs: list[Job], ended: Callable[[], None]) -> Call:
    counted = False

    def once() -> None:
        nonlocal counted
        if not counted:
            counted = True
            ended()

    call = Call(jobs, once)
    for job in jobs:
        job.execution.interrupt = partial(call.abandon, job)
    return call
