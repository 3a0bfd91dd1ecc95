package framebuffer.orchestrator.pipeline.admission;

import java.time.Duration;

/**
 * When one that waits has waited enough, and goes before fresher ones that are more urgent.
 *
 * @param threshold
 *            how many more urgent ones may go before it, at least 1
 * @param age
 *            since its capture or what its producer stamped on it, whichever is earlier; one that is old by this takes at most every
 *            other place
 */
public record Starvation(int threshold, Duration age) {
    public static final Starvation DEFAULT = new Starvation(100, Duration.ofSeconds(60));
}
