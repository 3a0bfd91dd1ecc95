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
 * The state of the service at one moment, as far as alerts need it.
 *
 * @param redis why Redis is unreachable; then the other figures are old. Empty: it is reachable
 * @param cameras camera → capture time of its newest frame; without the cameras whose video has ended
 * @param processors the registered processors
 * @param instances instance → what is wrong with it
 * @param flood reports that most frames of a capability fail
 * @param paused whether an operator has paused the service: then cameras may be silent, and frames wait
 * @param server rule → a problem of a reachable Redis
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

    /** An observation without problems of Redis. */
    public ServiceObservation(Instant at, Optional<String> redis, Map<String, Instant> cameras,
            List<ObservedProcessor> processors,
            ObservedFrames frames, Map<String, String> instances, Optional<String> flood, boolean paused) {
        this(at, redis, cameras, processors, frames, instances, flood, paused, Map.of());
    }

    /**
     * A registered processor.
     *
     * @param unhealthy why it is unhealthy; null: it is not
     * @param outstanding frames in its queue
     * @param completed frames it has ever acknowledged
     */
    public record ObservedProcessor(String id, @Nullable String unhealthy, boolean cutOff, int outstanding,
            long completed) {
    }

    /**
     * Figures about frames.
     *
     * @param unread frames in the capture stream
     * @param oldest longest wait in the window
     * @param wanting capabilities that frames wait for and no usable processor offers; {@code ""}: any processor
     * @param pressure pressure on the processors
     * @param p95 95th percentile of the latency in the last minute; empty: no frame was completed
     * @param lost by the ledger; empty: not known yet
     */
    public record ObservedFrames(long unread, Duration oldest, Set<String> wanting, PressureLevel pressure,
            Optional<Duration> p95, OptionalLong lost, LedgerBalance ledger) {
        public ObservedFrames {
            wanting = Set.copyOf(wanting);
        }
    }
}
