package framebuffer.orchestrator.observability.alerts;

import framebuffer.orchestrator.observability.stats.LedgerBalance;
import framebuffer.wire.control.PressureLevel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the service is at one moment, as far as alerts go by it.
 *
 * @param redis
 *            why Redis cannot be reached; then nothing else here is news
 * @param cameras
 *            camera → when its newest frame was captured
 * @param processors
 *            those that are registered
 * @param frames
 *            what is known of frames
 * @param instances
 *            instance → what is wrong with it
 * @param flood
 *            that most frames of a capability fail
 * @param paused
 *            whether an operator has paused the service: cameras that obey send nothing then, and what waits is meant to
 * @param server
 *            what is wrong with Redis itself, which works all the same: rule → why
 */
public record ServiceObservation(Instant at, Optional<String> redis, Map<String, Instant> cameras,
        List<ObservedProcessor> processors, ObservedFrames frames, Map<String, String> instances,
        Optional<String> flood,
        boolean paused, Map<AlertRule, String> server) {
    public ServiceObservation {
        cameras = Map.copyOf(cameras);
        processors = List.copyOf(processors);
        instances = Map.copyOf(instances);
        server = Map.copyOf(server);
    }

    /** With nothing wrong with Redis. */
    public ServiceObservation(Instant at, Optional<String> redis, Map<String, Instant> cameras,
            List<ObservedProcessor> processors,
            ObservedFrames frames, Map<String, String> instances, Optional<String> flood, boolean paused) {
        this(at, redis, cameras, processors, frames, instances, flood, paused, Map.of());
    }

    /**
     * A registered processor.
     *
     * @param unhealthy
     *            why it is; null: it is not
     * @param outstanding
     *            frames in its queue
     * @param completed
     *            frames it has acknowledged, ever
     */
    public record ObservedProcessor(String id, @Nullable String unhealthy, boolean cutOff, int outstanding,
            long completed) {
    }

    /**
     * What is known of frames.
     *
     * @param unread
     *            in the capture stream
     * @param oldest
     *            how long one waits in the window
     * @param wanting
     *            capabilities that frames wait for and nobody usable offers; {@code ""}: any processor
     * @param pressure
     *            how full processors are
     * @param p95
     *            95th percentile of the latency in the last minute; empty: no frame was completed
     * @param lost
     *            by the ledger; empty: not known yet
     */
    public record ObservedFrames(long unread, Duration oldest, Set<String> wanting, PressureLevel pressure,
            Optional<Duration> p95, OptionalLong lost, LedgerBalance ledger) {
        public ObservedFrames {
            wanting = Set.copyOf(wanting);
        }
    }
}
