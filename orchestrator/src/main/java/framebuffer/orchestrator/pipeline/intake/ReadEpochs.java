package framebuffer.orchestrator.pipeline.intake;

import framebuffer.redis.handoff.FrameSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** The current epoch of each source; deliveries of earlier epochs are ignored because they are repeated. For one thread. */
public final class ReadEpochs {
    private final Map<FrameSource, Long> current = new HashMap<>();

    /** Begins a new epoch of all sources. */
    public void next() {
        current.replaceAll((_, epoch) -> epoch + 1);
    }

    /** Whether this is the current epoch of the source; a withdrawn source has none. */
    public boolean isCurrent(FrameSource source, long epoch) {
        return current.getOrDefault(source, 0L) == epoch;
    }

    /**
     * Whether the delivery is current.
     *
     * @param begins is run when the delivery begins a new epoch of its source: forget earlier frames of the source
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

    /** The epoch of one reader. Each call of {@link #beginAgain} adds one, so the caller knows the least epoch of later deliveries. */
    public static final class ReadEpoch {
        private final AtomicLong asked = new AtomicLong();
        private long current;

        /** Begins a new epoch. From any thread. */
        public void beginAgain() {
            asked.incrementAndGet();
        }

        /** Whether a new epoch has begun since the last call. For the reader's thread. */
        public boolean hasBegun() {
            long latest = asked.get();
            boolean another = latest != current;
            current = latest;
            return another;
        }

        /** The current epoch. For the reader's thread. */
        public long current() {
            return current;
        }
    }
}
