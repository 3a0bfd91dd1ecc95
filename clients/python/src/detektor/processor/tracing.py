"""Creates the span ``process_frame`` below the dispatch span of a frame. A failure of tracing never fails a frame."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from detektor.processor import wire
from detektor.processor.trace_context import TraceContext

log = logging.getLogger("detektor.processor")


class Span:
    """An unrecorded span of the processing of one frame: it only has a ``traceparent``, which goes into the result."""

    __slots__ = ("_parent", "_traceparent")

    def __init__(self, parent: TraceContext | None) -> None:
        self._parent = parent
        self._traceparent: str | None = None

    @property
    def traceparent(self) -> str:
        """The ``traceparent`` of this span."""
        if self._traceparent is None:
            self._traceparent = (self._parent.child() if self._parent else TraceContext.new()).traceparent
        return self._traceparent

    def current(self) -> AbstractContextManager[Any]:
        """Context in which new spans become children of this span."""
        return nullcontext()

    def end(self, why: str | None) -> None:
        """Ends the span. ``why``: the error text; None: no error."""


class Tracing:
    """Creates recorded spans if OpenTelemetry is set up when the processor starts; else unrecorded ones."""

    def __init__(self, processor_id: str, provider: Any = None) -> None:
        """``provider``: an OpenTelemetry ``TracerProvider``; None: the global one, if there is one."""
        self._id = processor_id
        self._tracer: Any = None
        self._failed = False
        try:
            from opentelemetry import trace  # noqa: PLC0415 - an extra
        except ImportError:
            return
        found = provider or trace.get_tracer_provider()
        if not isinstance(found, (trace.ProxyTracerProvider, trace.NoOpTracerProvider)):
            self._tracer = trace.get_tracer("frame-buffer", tracer_provider=found)

    def begin(self, queued: wire.QueuedFrame) -> Span:
        """Starts the span of a frame. If tracing fails, the span is unrecorded."""
        if self._tracer is not None:
            try:
                return _RecordedSpan(self, self._tracer, self._id, queued)
            except Exception as e:  # noqa: BLE001 - foreign code that runs for every frame
                self.report_failure(e)
        return Span(queued.event.trace)

    def report_failure(self, why: Exception) -> None:
        """Logs the first failure only: the same failure may happen with each frame."""
        if not self._failed:
            self._failed = True
            log.warning("tracing fails; frames are processed without it (logged only once)", exc_info=why)


class _RecordedSpan(Span):
    __slots__ = ("_span", "_tracing")

    def __init__(self, tracing: Tracing, tracer: Any, processor_id: str, queued: wire.QueuedFrame) -> None:
        super().__init__(queued.event.trace)
        from opentelemetry import trace  # noqa: PLC0415
        from opentelemetry.baggage.propagation import W3CBaggagePropagator  # noqa: PLC0415
        from opentelemetry.context import Context  # noqa: PLC0415
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

        self._tracing = tracing
        parent: Context = Context()
        if queued.event.trace is not None:
            named = wire.as_dict(queued.fields)
            carrier = {"traceparent": queued.event.trace.traceparent}
            for name in ("tracestate", "baggage"):
                if name.encode() in named:
                    carrier[name] = named[name.encode()].decode(errors="replace")
            parent = TraceContextTextMapPropagator().extract(carrier, parent)
            parent = W3CBaggagePropagator().extract(carrier, parent)
        self._span = tracer.start_span(
            "process_frame",
            context=parent,
            kind=trace.SpanKind.CONSUMER,
            attributes={
                "frame.id": queued.event.frame_id,
                "frame.camera_id": queued.event.camera_id,
                "processor.id": processor_id,
                "capability": queued.capability,
            },
        )
        own = self._span.get_span_context()
        if own.is_valid:
            self._traceparent = f"00-{own.trace_id:032x}-{own.span_id:016x}-{int(own.trace_flags):02x}"

    def current(self) -> AbstractContextManager[Any]:
        try:
            from opentelemetry import trace  # noqa: PLC0415

            used: AbstractContextManager[Any] = trace.use_span(
                self._span, end_on_exit=False, record_exception=False, set_status_on_exception=False
            )
            return used
        except Exception as e:  # noqa: BLE001
            self._tracing.report_failure(e)
            return nullcontext()

    def end(self, why: str | None) -> None:
        try:
            from opentelemetry.trace import Status, StatusCode  # noqa: PLC0415

            if why is not None:
                self._span.set_status(Status(StatusCode.ERROR, why))
            self._span.end()
        except Exception as e:  # noqa: BLE001
            self._tracing.report_failure(e)
