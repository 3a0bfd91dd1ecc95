package framebuffer.orchestrator.pipeline.dispatch;

import framebuffer.wire.control.ServedFrames;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** How many frames were handed off in each of the last seconds, and of which cameras in the last minute. For one thread. */
final class ServedCounts {
    /** Over so many seconds frames are counted. */
    static final int RATE_SECONDS = 10;
    /** So long a camera counts that had none: in a share of a frame a minute it would else seem to be gone. */
    static final int CAMERA_SECONDS = 60;
    /** More are as good as so many: each has next to nothing. */
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
     * @param since
     *            the second in which it begins
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

    /** As of this second, which has not passed yet and does not count. */
    ServedFrames served(long second) {
        forget(second);
        long over = Math.clamp(second - since, 1, RATE_SECONDS);
        long frames = seconds.stream().filter(one -> one.number < second || second == since)
                .mapToLong(one -> one.frames).sum();
        return new ServedFrames((double) frames / over, lastOf.size());
    }

    /** Nothing is left of it. */
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
