package framebuffer.vision.camera;

import java.util.concurrent.TimeUnit;

/** Measures how often something happens, over the last ten seconds. Thread-safe. */
final class RateMeter {
    private static final int WHOLE_SECONDS = 10;
    private static final double NANOS_PER_SECOND = 1e9;

    /** Events of each second: the current one and those before it, by the number of the second. */
    private final long[] counts = new long[WHOLE_SECONDS + 1];
    private boolean begun;
    private long begunNanos;
    private long newest;

    /**
     * Counts events.
     *
     * @param nanos a monotonic clock, like {@link System#nanoTime()}
     */
    synchronized void add(long nanos, long events) {
        if (!begun) {
            begun = true;
            begunNanos = nanos;
        }
        proceedTo(second(nanos));
        counts[(int) (newest % counts.length)] += events;
    }

    /** Events per second; 0 before the first. */
    synchronized double perSecond(long nanos) {
        if (!begun) {
            return 0;
        }
        proceedTo(second(nanos));
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        double elapsed = (nanos - begunNanos) / NANOS_PER_SECOND;
        double covered = elapsed - Math.max(0, newest - WHOLE_SECONDS);
        return sum / Math.max(1, covered);
    }

    private long second(long nanos) {
        return TimeUnit.NANOSECONDS.toSeconds(nanos - begunNanos);
    }

    private void proceedTo(long second) {
        for (long empty = Math.max(newest + 1, second - WHOLE_SECONDS); empty <= second; empty++) {
            counts[(int) (empty % counts.length)] = 0;
        }
        newest = Math.max(newest, second);
    }
}
