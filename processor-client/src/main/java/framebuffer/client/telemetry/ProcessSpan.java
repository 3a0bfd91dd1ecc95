package framebuffer.client.telemetry;

import framebuffer.wire.TraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.concurrent.Callable;

/** The processing of one frame, as a span. Close it once. */
public final class ProcessSpan implements AutoCloseable {
    private final Span span;
    private final Context above;
    private final TraceContext position;

    ProcessSpan(Span span, Context above, TraceContext position) {
        this.span = span;
        this.above = above;
        this.position = position;
    }

    /** Where it is in the trace; also when nothing is recorded. */
    public TraceContext position() {
        return position;
    }

    /** Runs this while the span is the current one, so that spans begun in it lie below. */
    public <T> T call(Callable<T> work) throws Exception {
        try (Scope _ = above.with(span).makeCurrent()) {
            return work.call();
        }
    }

    /** Notes that processing came to nothing, and why. */
    public void failed(String why) {
        span.setStatus(StatusCode.ERROR, why);
    }

    /** Like {@link #failed(String)}. */
    public void failed(Throwable why) {
        span.recordException(why);
        failed(why.toString());
    }

    @Override
    public void close() {
        span.end();
    }
}
