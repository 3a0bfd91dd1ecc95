"""A frame on its way through a handler, and batches of them."""

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
    """One frame. ``done`` is called once in the event loop, with its answer, the seconds it took and its place in the trace."""

    entry: bytes
    queued: wire.QueuedFrame
    execution: Execution
    pixels: PixelSource
    prefix: str
    done: Callable[[Job, Answer, float, str], None]


@dataclass(slots=True, eq=False)
class Call:
    """One call of the handler: for one frame, or for a batch. ``ended`` is called once, in the event loop."""

    jobs: list[Job]
    ended: Callable[[], None]
    interrupt: Callable[[], None] | None = None
    abandoned: set[bytes] = field(default_factory=set)

    def abandon(self, job: Job) -> None:
        """The frame was taken away while the handler had it. When all of them were, the call no longer counts."""
        self.abandoned.add(job.entry)
        if len(self.abandoned) == len(self.jobs):
            self.ended()
            if self.interrupt is not None:
                self.interrupt()


class Pool(Protocol):
    """Where handlers execution."""

    async def start(self) -> None:
        """Makes ready; raises StartFailed when it cannot."""

    def begin(self, call: Call) -> None:
        """Runs it. Returns at once."""

    async def stop(self, within: float) -> None:
        """Ends; what runs on after so many seconds is left behind."""


class Batcher:
    """Gathers frames into calls: no more calls at once than ``calls``, no more frames in one than ``size``; the first frame of
    a call waits for others for at most ``wait`` seconds."""

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
        """Puts a frame on its way."""
        self._queued.append(job)
        self._start_calls()

    def flush(self) -> None:
        """No more frames will come: what is gathered need not wait."""
        self._flushing = True
        self._start_calls()

    def _start_calls(self) -> None:
        while self._free_calls and self._queued and (len(self._queued) >= self._size or self._timed_out or self._flushing):
            jobs = [self._queued.popleft() for _ in range(min(self._size, len(self._queued)))]
            self._timed_out = False
            self._free_calls -= 1
            self._pool.begin(_call(jobs, self._ended))
        if self._queued and self._timer is None and self._size > 1:
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
