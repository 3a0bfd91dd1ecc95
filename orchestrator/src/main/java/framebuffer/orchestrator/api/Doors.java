package framebuffer.orchestrator.api;

import framebuffer.orchestrator.registry.Registry;
import framebuffer.orchestrator.traffic.Traffic;
import java.util.List;

/**
 * The doors through which requests reach the rest of the service.
 *
 * @param registry
 *            who is there
 * @param traffic
 *            what became of frames, what waits, and where one would go
 * @param checks
 *            what makes up our health
 * @param metrics
 *            what is measured
 */
public record Doors(Registry registry, Traffic traffic, List<HealthCheck> checks, MetricsText metrics) {
    public Doors {
        checks = List.copyOf(checks);
    }
}
