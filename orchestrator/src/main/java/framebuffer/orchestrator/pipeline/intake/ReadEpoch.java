package framebuffer.orchestrator.pipeline.intake;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How often a reader has been told to begin again with all that is pending. Each time counts, so that whoever tells it knows the
 * least epoch that may come.
 */
public final class ReadEpoch {
    private final AtomicLong asked = new AtomicLong();
    private long current;

    /** Whatever was delivered is forgotten: begin again. From any thread. */
    public void beginAgain() {
        asked.incrementAndGet();
    }

    /** Whether another epoch has begun since this was last asked. For the reader's thread. */
    public boolean hasBegun() {
        long latest = asked.get();
        boolean another = latest != current;
        current = latest;
        return another;
    }

    /** The epoch in which the reader is. For the reader's thread. */
    public long current() {
        return current;
    }
}
