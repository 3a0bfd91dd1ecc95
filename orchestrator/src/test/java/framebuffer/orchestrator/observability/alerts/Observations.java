package framebuffer.orchestrator.observability.alerts;

import framebuffer.orchestrator.observability.alerts.ServiceObservation.ObservedFrames;
import framebuffer.orchestrator.observability.alerts.ServiceObservation.ObservedProcessor;
import framebuffer.orchestrator.observability.stats.LedgerBalance;
import framebuffer.wire.control.PressureLevel;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** An observation of a healthy service, with deviations. */
final class Observations {
    static final Instant START = Instant.parse("2026-11-25T12:00:00Z");
    static final ObservedFrames WELL = new ObservedFrames(0, Duration.ZERO, Set.of(), PressureLevel.NORMAL,
            Optional.of(Duration.ofMillis(20)), OptionalLong.of(0), LedgerBalance.BALANCED);

    private Observations() {
    }

    static ServiceObservation with(double second, ObservedFrames frames, List<ObservedProcessor> processors) {
        return new ServiceObservation(at(second), Optional.empty(), Map.of(), processors, frames, Map.of(),
                Optional.empty(),
                false);
    }

    static ServiceObservation well(double second) {
        return with(second, WELL, List.of());
    }

    static ServiceObservation cutOff(double second) {
        return with(second, WELL, List.of(new ObservedProcessor("face-1", null, true, 0, 0)));
    }

    static ServiceObservation unread(double second, long frames) {
        return with(second, new ObservedFrames(frames, Duration.ZERO, Set.of(), PressureLevel.NORMAL, Optional.empty(),
                OptionalLong.of(0), LedgerBalance.BALANCED),
                List.of());
    }

    static ServiceObservation lost(double second, long frames) {
        return with(second, new ObservedFrames(0, Duration.ZERO, Set.of(), PressureLevel.NORMAL, Optional.empty(),
                OptionalLong.of(frames), LedgerBalance.BALANCED),
                List.of());
    }

    static ServiceObservation has(double second, int outstanding, long completed) {
        return with(second, WELL, List.of(new ObservedProcessor("face-1", null, false, outstanding, completed)));
    }

    static ServiceObservation silentCameras(double second, int cameras) {
        Map<String, Instant> last = new HashMap<>();
        for (int i = 0; i < cameras; i++) {
            last.put("camera-" + i, at(second).minusSeconds(600));
        }
        return new ServiceObservation(at(second), Optional.empty(), last, List.of(), WELL, Map.of(), Optional.empty(),
                false);
    }

    /** One camera sent its last frame at this second; while the service is paused, its frames are not read. */
    static ServiceObservation lastFrame(double second, double sent, boolean paused) {
        ObservedFrames frames = new ObservedFrames(5_000 + (long) (10 * second), Duration.ofSeconds(90), Set.of(),
                PressureLevel.NORMAL, Optional.empty(),
                OptionalLong.of(0), LedgerBalance.BALANCED);
        return new ServiceObservation(at(second), Optional.empty(), Map.of("yard", at(sent)), List.of(),
                paused ? frames : WELL, Map.of(), Optional.empty(), paused);
    }

    static ServiceObservation withoutRedis(double second) {
        return new ServiceObservation(at(second), Optional.of("connection refused"), Map.of(), List.of(), WELL,
                Map.of(), Optional.empty(), false);
    }

    static ServiceObservation withRedis(double second, AlertRule rule) {
        return new ServiceObservation(at(second), Optional.empty(), Map.of(), List.of(), WELL, Map.of(),
                Optional.empty(),
                false, Map.of(rule, "it is so"));
    }

    static Instant at(double second) {
        return START.plusMillis(Math.round(second * 1_000));
    }
}
