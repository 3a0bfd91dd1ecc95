package framebuffer.orchestrator.pipeline.recovery;

/** Tells a flood of dead letters: most frames of a capability fail, and not just a few frames in all. */
final class FailureRatePolicy {
    /** So many verdicts within a minute at least. */
    static final int LEAST = 20;

    private FailureRatePolicy() {
    }

    /** Whether it is one: at least {@link #LEAST} verdicts, and more than half as many as frames that began. */
    static boolean isFlood(MinuteCounts seen) {
        return seen.verdicts() >= LEAST && seen.verdicts() > seen.begun() / 2.0;
    }
}
