package framebuffer.client.telemetry;

import java.time.Duration;
import java.time.InstantSource;

/** Counts the outcomes of frames. Thread-safe. */
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
     * The counts.
     *
     * @param processed frames with a result, of either status
     * @param failed frames returned as failed
     * @param returned frames returned for other reasons
     * @param meanMillis mean processing time of processed frames; 0: none
     * @param errorsLastMinute frames that failed or got an error result in the last 60 s
     */
    public record FrameCounts(long processed, long failed, long returned, double meanMillis, long errorsLastMinute) {
    }

    public FrameCounters(InstantSource clock) {
        this.clock = clock;
        this.errorsCountedTo = clock.instant().getEpochSecond();
    }

    /** Counts a frame with a result. */
    public synchronized void processed(Duration took, boolean error) {
        processed++;
        nanos += took.toNanos();
        if (error) {
            error();
        }
    }

    /** Counts a frame returned as failed. */
    public synchronized void failed() {
        failed++;
        error();
    }

    /** Counts a frame returned for another reason. */
    public synchronized void returned() {
        returned++;
    }

    /** A consistent snapshot of all counts. */
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

    /** A ring with a place for each second of the last minute; clears the places of the seconds that have passed since the last call. */
    private void forgetOldErrors() {
        long now = clock.instant().getEpochSecond();
        for (long second = Math.max(errorsCountedTo + 1, now - SECONDS + 1); second <= now; second++) {
            errors[Math.floorMod(second, SECONDS)] = 0;
        }
        errorsCountedTo = Math.max(errorsCountedTo, now);
    }
}
