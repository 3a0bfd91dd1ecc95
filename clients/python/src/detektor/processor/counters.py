"""Counts how frames ended, for heartbeats."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

_SECONDS = 60


@dataclass(frozen=True)
class FrameCounts:
    """Frames with a result of either status, given back as failed, given back otherwise; mean time of those processed, in
    milliseconds, 0 when there are none; and frames that failed or got a result of status error in the last 60 s."""

    processed: int
    failed: int
    returned: int
    mean_ms: float
    errors_last_minute: int


class FrameCounters:
    """For any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._errors = [0] * _SECONDS
        self._counted_to = int(clock())
        self._processed = self._failed = self._returned = 0
        self._seconds = 0.0

    def ended(self, outcome: str, took: float) -> None:
        """A frame ended as success, error, failed, retry or rejected, after so many seconds."""
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
        """All counts, of one moment."""
        with self._lock:
            self._forget_old()
            mean = self._seconds * 1_000 / self._processed if self._processed else 0.0
            return FrameCounts(self._processed, self._failed, self._returned, mean, sum(self._errors))

    def _forget_old(self) -> None:
        # Each second of the last minute has a place; those that begin now are cleared of what happened a minute ago.
        now = int(self._clock())
        for second in range(max(self._counted_to + 1, now - _SECONDS + 1), now + 1):
            self._errors[second % _SECONDS] = 0
        self._counted_to = max(self._counted_to, now)
