package framebuffer.orchestrator.api;

import framebuffer.orchestrator.ledger.Ledger;
import framebuffer.orchestrator.registry.Registry;
import java.util.List;
import java.util.function.Supplier;

/**
 * The doors through which requests reach the rest of the service.
 *
 * @param registry
 *            who is there
 * @param ledger
 *            reads the ledger as it is now
 * @param checks
 *            what makes up our health
 * @param metrics
 *            what is measured
 */
public record Doors(Registry registry, Supplier<Ledger> ledger, List<HealthCheck> checks, MetricsText metrics) {
    public Doors {
        checks = List.copyOf(checks);
    }
}
