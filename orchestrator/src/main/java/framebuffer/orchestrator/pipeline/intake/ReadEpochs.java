package framebuffer.orchestrator.pipeline.intake;

import framebuffer.redis.handoff.FrameSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** In which epoch each source is, for who takes deliveries: what comes of an earlier one comes again. For one thread. */
public final class ReadEpochs {
    private final Map<FrameSource, Long> current = new HashMap<>();

    /** All readers are told to begin again. */
    public void next() {
        current.replaceAll((_, epoch) -> epoch + 1);
    }

    /** Whether this is the epoch in which the source is; one of which nothing is to be handed off any more is in none. */
    public boolean isCurrent(FrameSource source, long epoch) {
        return current.getOrDefault(source, 0L) == epoch;
    }

    /**
     * Whether this delivery counts.
     *
     * @param begins
     *            is run if a new epoch of its source begins with it: what came of the source before is to be forgotten
     */
    public boolean accepts(Delivery delivery, Runnable begins) {
        long epoch = current.getOrDefault(delivery.source(), 0L);
        if (delivery.epoch() < epoch) {
            return false;
        }
        if (delivery.epoch() > epoch) {
            current.put(delivery.source(), delivery.epoch());
            begins.run();
        }
        if (delivery instanceof Delivery.Withdrawn) {
            current.remove(delivery.source());
        }
        return true;
    }

    /**
     * How often a reader has been told to begin again with all that is pending. Each time counts, so that whoever tells it knows the
     * least epoch that may come.
     */
    public static final class ReadEpoch {
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
}
