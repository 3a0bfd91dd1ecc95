package framebuffer.orchestrator.flood;

/** Tells a flood of dead letters: most frames of a capability fail, and not just a few frames in all. */
final class FloodPolicy {
    /** So many verdicts within a minute at least. */
    static final int LEAST = 20;

    private FloodPolicy() {
    }

    /** Whether it is one: at least {@link #LEAST} verdicts, and more than half as many as frames that began. */
    static boolean isFlood(LastMinute seen) {
        return seen.verdicts() >= LEAST && seen.verdicts() > seen.begun() / 2.0;
    }
}
