package framebuffer.orchestrator.pipeline.recovery;

/** Detects a flood of dead letters: most frames of a capability fail, and more than a few in all. */
final class FailureRatePolicy {
    /** Least verdicts within a minute. */
    static final int LEAST = 20;

    private FailureRatePolicy() {
    }

    /** Whether there are at least {@link #LEAST} verdicts, and more than half as many as begun frames. */
    static boolean isFlood(MinuteCounts seen) {
        return seen.verdicts() >= LEAST && seen.verdicts() > seen.begun() / 2.0;
    }
}
