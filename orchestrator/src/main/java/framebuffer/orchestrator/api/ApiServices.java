package framebuffer.orchestrator.api;

import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.cluster.partitions.ClusterRegistry;
import framebuffer.orchestrator.flowcontrol.CameraDirectory;
import framebuffer.orchestrator.flowcontrol.OperatorControl;
import framebuffer.orchestrator.observability.alerts.Alert;
import framebuffer.orchestrator.observability.journey.JourneyFinder;
import framebuffer.orchestrator.observability.stats.FrameQueries;
import framebuffer.orchestrator.pipeline.deadletters.DeadLetterOperations;
import framebuffer.wire.Partitioning;
import java.util.List;
import java.util.function.Function;
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
 *            Accept header → all metrics in that format
 */
public record ApiServices(Partitioning partitioning, Supplier<List<PartitionsApi.PartitionView>> partitions,
        ClusterRegistry registry,
        FrameQueries traffic, JourneyFinder journeys, DeadLetterOperations letters,
        CameraDirectory cameras,
        OperatorControl switchboard, Supplier<List<Alert>> alerts,
        List<HealthCheck> checks,
        Function<String, Response.DocumentContent> metrics) {
    public ApiServices {
        checks = List.copyOf(checks);
    }
}
