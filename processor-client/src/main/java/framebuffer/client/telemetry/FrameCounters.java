package framebuffer.client.telemetry;

import java.time.Duration;
import java.time.InstantSource;

/** Counts how frames ended. For any thread. */
public final class FrameCounters {
    private static final int SECONDS = 60;

    private final InstantSource clock;
    private final long[] errors = new long[SECONDS];
    private long errorsCountedTo;
    private long processed;
    private long failed;
    private long returned;
    private long nanos;

    /**
     * What has been counted.
     *
     * @param processed
     *            frames with a result, of either status
     * @param failed
     *            frames given back as failed
     * @param returned
     *            frames given back otherwise
     * @param meanMillis
     *            mean processing time of those processed; 0 when there are none
     * @param errorsLastMinute
     *            frames that failed or got a result of status error, in the last 60 s
     */
    public record FrameCounts(long processed, long failed, long returned, double meanMillis, long errorsLastMinute) {
    }

    public FrameCounters(InstantSource clock) {
        this.clock = clock;
        this.errorsCountedTo = clock.instant().getEpochSecond();
    }

    /** A frame has got a result. */
    public synchronized void processed(Duration took, boolean error) {
        processed++;
        nanos += took.toNanos();
        if (error) {
            error();
        }
    }

    /** A frame was given back as failed. */
    public synchronized void failed() {
        failed++;
        error();
    }

    /** A frame was given back for another reason. */
    public synchronized void returned() {
        returned++;
    }

    /** All counts, of one moment. */
    public synchronized FrameCounts counts() {
        forgetOldErrors();
        long recent = 0;
        for (long second : errors) {
            recent += second;
        }
        return new FrameCounts(processed, failed, returned, processed == 0 ? 0 : nanos / 1e6 / processed, recent);
    }

    private void error() {
        forgetOldErrors();
        errors[Math.floorMod(errorsCountedTo, SECONDS)]++;
    }

    /** Each second of the last minute has a place; those that begin now are cleared of what happened a minute ago. */
    private void forgetOldErrors() {
        long now = clock.instant().getEpochSecond();
        for (long second = Math.max(errorsCountedTo + 1, now - SECONDS + 1); second <= now; second++) {
            errors[Math.floorMod(second, SECONDS)] = 0;
        }
        errorsCountedTo = Math.max(errorsCountedTo, now);
    }
}
