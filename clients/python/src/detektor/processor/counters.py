"""Counts frames by outcome, for heartbeats."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

_SECONDS = 60


@dataclass(frozen=True)
class FrameCounts:
    """Counts since the processor started.

    ``processed``: frames with a result, of either status. ``failed``: frames returned as failed. ``returned``: other returned frames.
    ``mean_ms``: mean processing time of the processed frames in milliseconds, 0 if there are none. ``errors_last_minute``: frames
    in the last 60 s that failed or got a result with status error.
    """

    processed: int
    failed: int
    returned: int
    mean_ms: float
    errors_last_minute: int


class FrameCounters:
    """Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._errors = [0] * _SECONDS
        self._counted_to = int(clock())
        self._processed = self._failed = self._returned = 0
        self._seconds = 0.0

    def ended(self, outcome: str, took: float) -> None:
        """Counts a frame by its outcome: success, error, failed, retry or rejected. ``took`` is in seconds."""
        with self._lock:
            if outcome in {"success", "error"}:
                self._processed += 1
                self._seconds += took
            elif outcome == "failed":
                self._failed += 1
            else:
                self._returned += 1
            if outcome in {"error", "failed"}:
                self._forget_old()
                self._errors[self._counted_to % _SECONDS] += 1

    def counts(self) -> FrameCounts:
        """A consistent snapshot of all counts."""
        with self._lock:
            self._forget_old()
            mean = self._seconds * 1_000 / self._processed if self._processed else 0.0
            return FrameCounts(self._processed, self._failed, self._returned, mean, sum(self._errors))

    def _forget_old(self) -> None:
        # A ring buffer with one counter for each of the last 60 seconds: clear the counters that are reused now.
        now = int(self._clock())
        for second in range(max(self._counted_to + 1, now - _SECONDS + 1), now + 1):
            self._errors[second % _SECONDS] = 0
        self._counted_to = max(self._counted_to, now)
