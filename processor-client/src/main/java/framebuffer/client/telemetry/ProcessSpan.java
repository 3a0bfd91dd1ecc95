package framebuffer.client.telemetry;

import framebuffer.wire.TraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The processing of one frame, as a span. Close it once. */
public final class ProcessSpan implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ProcessSpan.class);
    private static final AtomicBoolean BROKEN = new AtomicBoolean();

    private final Span span;
    private final Context above;
    private final TraceContext position;

    ProcessSpan(Span span, Context above, TraceContext position) {
        this.span = span;
        this.above = above;
        this.position = position;
    }

    /** Its position in the trace, even when nothing is recorded. */
    public TraceContext position() {
        return position;
    }

    /** Runs the action with this span as the current one, so that spans started in it become children. */
    public <T> T call(Callable<T> work) throws Exception {
        boolean begun = false;
        Optional<T> done = Optional.empty();
        try (Scope _ = above.with(span).makeCurrent()) {
            begun = true;
            done = Optional.of(work.call());
        } catch (RuntimeException | LinkageError e) {
            if (begun && done.isEmpty()) {
                throw e;
            }
            broken(e);
        }
        return begun ? done.orElseThrow() : work.call();
    }

    /** Records a failure and its reason. */
    public void failed(String why) {
        unbroken(() -> span.setStatus(StatusCode.ERROR, why));
    }

    /** Like {@link #failed(String)}. */
    public void failed(Throwable why) {
        unbroken(() -> {
            span.recordException(why);
            span.setStatus(StatusCode.ERROR, why.toString());
        });
    }

    @Override
    public void close() {
        unbroken(span::end);
    }

    /** Ignores tracing failures: they must not fail the frame. */
    private static void unbroken(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | LinkageError e) {
            broken(e);
        }
    }

    /** Logs a failure only once, because it would recur for each frame. */
    static void broken(Throwable why) {
        if (!BROKEN.getAndSet(true)) {
            log.warn("tracing fails; frames are processed without it, and this is not said again", why);
        }
    }
}
