"""Metrics of a processor in the Prometheus text format 0.0.4, with the names of docs/protocol.md 6.

This module needs no metrics library. With ``prometheus_client``, register the `collector`.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_FRAMES = "processor_frames_processed"
_FRAMES_HELP = "Frames that the handler has finished, by result."
_DURATION = "processor_processing_duration_seconds"
_DURATION_HELP = "Time that the handler took for a frame."


class ProcessorMetrics:
    """Thread-safe."""

    def __init__(self, processor_id: str) -> None:
        self._id = processor_id
        self._lock = threading.Lock()
        self._results: dict[str, int] = {}
        self._buckets = [0] * (len(_SECONDS) + 1)
        self._sum = 0.0

    def processed(self, result: str, seconds: float) -> None:
        """Counts a frame that the handler finished. ``result``: success, error, failed, retry or rejected. ``seconds``: processing time."""
        with self._lock:
            self._results[result] = self._results.get(result, 0) + 1
            self._buckets[bisect_left(_SECONDS, seconds)] += 1
            self._sum += seconds

    def _snapshot(self) -> tuple[dict[str, int], list[tuple[str, int]], float]:
        with self._lock:
            bounds = [*map(str, _SECONDS), "+Inf"]
            counts = zip(bounds, accumulate(self._buckets), strict=True)
            return dict(sorted(self._results.items())), list(counts), self._sum

    def text(self) -> str:
        """All metrics in the Prometheus text format."""
        results, buckets, seconds = self._snapshot()
        # A processor id has no characters that need escaping.
        label = f'processor_id="{self._id}"'
        lines = [f"# HELP {_FRAMES}_total {_FRAMES_HELP}", f"# TYPE {_FRAMES}_total counter"]
        lines += [f'{_FRAMES}_total{{{label},result="{result}"}} {count}' for result, count in results.items()]
        lines += [f"# HELP {_DURATION} {_DURATION_HELP}", f"# TYPE {_DURATION} histogram"]
        lines += [f'{_DURATION}_bucket{{{label},le="{bound}"}} {count}' for bound, count in buckets]
        lines += [f"{_DURATION}_sum{{{label}}} {seconds:.9f}", f"{_DURATION}_count{{{label}}} {buckets[-1][1]}"]
        return "\n".join(lines) + "\n"

    def collector(self) -> Collector:
        """A collector for ``prometheus_client``: ``REGISTRY.register(processor.metrics.collector())``. Needs the extra ``metrics``."""
        from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily  # noqa: PLC0415 - an extra
        from prometheus_client.registry import Collector  # noqa: PLC0415

        read = self._snapshot
        processor = self._id

        class ProcessorCollector(Collector):
            def collect(self) -> Iterator[Any]:
                results, buckets, seconds = read()
                frames = CounterMetricFamily(_FRAMES, _FRAMES_HELP, labels=["processor_id", "result"])
                for result, count in results.items():
                    frames.add_metric([processor, result], count)
                duration = HistogramMetricFamily(_DURATION, _DURATION_HELP, labels=["processor_id"])
                duration.add_metric([processor], [(bound, float(count)) for bound, count in buckets], seconds)
                yield frames
                yield duration

        return ProcessorCollector()
