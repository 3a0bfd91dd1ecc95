package framebuffer.orchestrator.pipeline.dispatch;

import framebuffer.wire.control.ServedFrames;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** Frames handed off in each of the last seconds, and their cameras within the last minute. For one thread. */
final class ServedCounts {
    /** Seconds over which the rate is averaged. */
    static final int RATE_SECONDS = 10;
    /** Seconds for which a camera counts after its last frame: at a rate of one frame a minute it would otherwise seem gone. */
    static final int CAMERA_SECONDS = 60;
    /** Most cameras counted: with more, the share of each is close to nothing. */
    static final int MOST_CAMERAS = 10_000;

    private final Deque<SecondCounts> seconds = new ArrayDeque<>();
    private final Map<String, Long> lastOf = new HashMap<>();
    private final long since;
    private long forgotAt;

    private static final class SecondCounts {
        private final long number;
        private int frames;

        SecondCounts(long number) {
            this.number = number;
        }
    }

    /**
     * @param since the first second
     */
    ServedCounts(long since) {
        this.since = since;
        this.forgotAt = since;
    }

    void served(String camera, long second) {
        if (seconds.isEmpty() || seconds.getLast().number != second) {
            forget(second);
            seconds.addLast(new SecondCounts(second));
        }
        seconds.getLast().frames++;
        Long last = lastOf.get(camera);
        if (last == null ? lastOf.size() < MOST_CAMERAS : last != second) {
            lastOf.put(camera, second);
        }
    }

    /** The counts before this second, which is still in progress. */
    ServedFrames served(long second) {
        forget(second);
        long over = Math.clamp(second - since, 1, RATE_SECONDS);
        long frames = seconds.stream().filter(one -> one.number < second || second == since)
                .mapToLong(one -> one.frames).sum();
        return new ServedFrames((double) frames / over, lastOf.size());
    }

    /** Whether all counts have expired. */
    boolean isOver(long second) {
        forget(second);
        return seconds.isEmpty() && lastOf.isEmpty();
    }

    private void forget(long second) {
        while (!seconds.isEmpty() && seconds.getFirst().number < second - RATE_SECONDS) {
            seconds.removeFirst();
        }
        if (forgotAt != second) {
            forgotAt = second;
            lastOf.values().removeIf(last -> last < second - CAMERA_SECONDS);
        }
    }
}
