package framebuffer.orchestrator.alerts;

import framebuffer.orchestrator.alerts.Observation.Frames;
import framebuffer.orchestrator.alerts.Observation.Processor;
import framebuffer.wire.control.PressureLevel;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How a service is in which all is well, but for what is said. */
final class Observations {
    static final Instant START = Instant.parse("2026-11-25T12:00:00Z");
    static final Frames WELL = new Frames(0, Duration.ZERO, Set.of(), PressureLevel.NORMAL, Duration.ofMillis(20), 0,
            true);

    private Observations() {
    }

    static Observation with(double second, Frames frames, List<Processor> processors) {
        return new Observation(at(second), Optional.empty(), Map.of(), processors, frames, Map.of(), Optional.empty(),
                false);
    }

    static Observation well(double second) {
        return with(second, WELL, List.of());
    }

    static Observation cutOff(double second) {
        return with(second, WELL, List.of(new Processor("face-1", null, true, 0, 0)));
    }

    static Observation unread(double second, long frames) {
        return with(second, new Frames(frames, Duration.ZERO, Set.of(), PressureLevel.NORMAL, null, 0, true),
                List.of());
    }

    static Observation lost(double second, long frames) {
        return with(second, new Frames(0, Duration.ZERO, Set.of(), PressureLevel.NORMAL, null, frames, true),
                List.of());
    }

    static Observation has(double second, int outstanding, long completed) {
        return with(second, WELL, List.of(new Processor("face-1", null, false, outstanding, completed)));
    }

    static Observation silentCameras(double second, int cameras) {
        Map<String, Instant> last = new HashMap<>();
        for (int i = 0; i < cameras; i++) {
            last.put("camera-" + i, at(second).minusSeconds(600));
        }
        return new Observation(at(second), Optional.empty(), last, List.of(), WELL, Map.of(), Optional.empty(), false);
    }

    /** One camera sent its last frame at this second; of what it sends, nothing is read while the service is paused. */
    static Observation lastFrame(double second, double sent, boolean paused) {
        Frames frames = new Frames(5_000 + (long) (10 * second), Duration.ofSeconds(90), Set.of(),
                PressureLevel.NORMAL, null, 0, true);
        return new Observation(at(second), Optional.empty(), Map.of("yard", at(sent)), List.of(),
                paused ? frames : WELL, Map.of(), Optional.empty(), paused);
    }

    static Observation withoutRedis(double second) {
        return new Observation(at(second), Optional.of("connection refused"), Map.of(), List.of(), WELL, Map.of(),
                Optional.empty(), false);
    }

    static Observation withRedis(double second, Rule rule) {
        return new Observation(at(second), Optional.empty(), Map.of(), List.of(), WELL, Map.of(), Optional.empty(),
                false, Map.of(rule, "it is so"));
    }

    static Instant at(double second) {
        return START.plusMillis(Math.round(second * 1_000));
    }
}
