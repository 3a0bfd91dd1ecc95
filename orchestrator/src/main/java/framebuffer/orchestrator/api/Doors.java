package framebuffer.orchestrator.api;

import framebuffer.orchestrator.alerts.Alert;
import framebuffer.orchestrator.control.Switchboard;
import framebuffer.orchestrator.journey.Journeys;
import framebuffer.orchestrator.letters.LetterDesk;
import framebuffer.orchestrator.registry.Roster;
import framebuffer.orchestrator.telemetry.MetricsText;
import framebuffer.orchestrator.traffic.Cameras;
import framebuffer.orchestrator.traffic.Traffic;
import framebuffer.wire.Partitioning;
import java.util.List;
import java.util.function.Supplier;

/**
 * The doors through which requests reach the rest of the service.
 *
 * @param partitioning
 *            how frames are spread over partitions
 * @param partitions
 *            each of them, and who serves it
 * @param registry
 *            who is there
 * @param traffic
 *            what became of frames, what waits, and where one would go
 * @param journeys
 *            where a frame is, and what was done with it
 * @param letters
 *            frames given up on
 * @param cameras
 *            the cameras, and which of their frames are worth sending
 * @param switchboard
 *            what an operator switches
 * @param alerts
 *            what an operator should look at now, the worst first
 * @param checks
 *            what makes up our health
 * @param metrics
 *            what is measured
 */
public record Doors(Partitioning partitioning, Supplier<List<PartitionsApi.Shown>> partitions, Roster registry,
        Traffic traffic, Journeys journeys, LetterDesk letters,
        Cameras cameras,
        Switchboard switchboard, Supplier<List<Alert>> alerts,
        List<HealthCheck> checks,
        MetricsText metrics) {
    public Doors {
        checks = List.copyOf(checks);
    }
}
