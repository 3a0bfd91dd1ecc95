package framebuffer.orchestrator.api;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * Something that must be so for the service to work, or to work well.
 *
 * @param name
 *            of what is checked, in {@code snake_case}
 * @param weight
 *            what its failure means
 * @param failure
 *            what is wrong; empty: nothing. Answers at once
 */
public record HealthCheck(String name, Severity weight, Supplier<Optional<String>> failure) {

    /** What the failure of a check means for the whole. */
    public enum Severity {
        /** The service is degraded. */
        MINOR,
        /** The service is unhealthy. */
        VITAL
    }
}
