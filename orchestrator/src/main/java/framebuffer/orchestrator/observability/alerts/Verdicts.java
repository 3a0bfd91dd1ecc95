package framebuffer.orchestrator.observability.alerts;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.flowcontrol.CameraDirectory.CameraState;
import framebuffer.orchestrator.observability.alerts.AlertThresholds;
import framebuffer.orchestrator.observability.alerts.Verdicts.Verdict.Rating;
import framebuffer.orchestrator.processors.health.Circuit;
import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import framebuffer.wire.control.CameraReport;
import framebuffer.wire.control.CameraReport.Phase;
import framebuffer.wire.control.Heartbeat.HealthStatus;
import framebuffer.wire.control.PressureLevel;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Judges cameras, processors and capabilities. The page, {@code top} and the alerts show these verdicts and have no thresholds of their
 * own.
 *
 * @param pause the last pause by an operator
 */
public record Verdicts(AlertThresholds thresholds, PausedPeriod pause) {
    private static final Duration LONG_WAIT = Duration.ofSeconds(1);
    /** Least number of sending cameras for a usual rate. */
    private static final int CAMERAS_TO_COMPARE = 3;

    /** Whether a camera with its newest frame at this time is silent now. */
    boolean isSilent(Instant lastFrameAt, Instant now) {
        return pause.silence(lastFrameAt, now).compareTo(thresholds.cameraSilence()) > 0;
    }

    static String silence(Instant lastFrameAt) {
        return "has sent no frame since " + lastFrameAt;
    }

    /** Judges the cameras of one moment. */
    public CameraVerdicts cameras(Collection<CameraState> all, boolean paused, Instant now) {
        List<Double> rates = all.stream().map(CameraState::framesPerSecond).filter(rate -> rate > 0).sorted().toList();
        return new CameraVerdicts(this, rates.size() < CAMERAS_TO_COMPARE ? 0 : rates.get(rates.size() / 2), paused,
                now);
    }

    /**
     * Judges each camera in comparison with the others.
     *
     * @param usualRate median frames per second of the cameras; 0: too few send
     * @param paused whether an operator has paused the service
     */
    public record CameraVerdicts(Verdicts verdicts, double usualRate, boolean paused, Instant now) {
        /**
         * Judges one camera.
         *
         * @param wait mean time from capture to hand-off; empty: no recent hand-off
         */
        public Verdict of(CameraState camera, Optional<Duration> wait) {
            Instant last = camera.lastFrameAt();
            CameraReport video = camera.video();
            if (video != null && video.phase() == Phase.WAITING) {
                return new Verdict("unavailable", Rating.BAD, video.reason());
            }
            if (video != null && video.hasEnded(last)) {
                return new Verdict("ended", Rating.WARNING, video.reason());
            }
            if (last == null) {
                return new Verdict("never_seen", Rating.WARNING, video == null
                        ? "has a policy, but has sent no frame"
                        : "opens its video, and has sent no frame yet");
            }
            if (paused) {
                return new Verdict("paused", Rating.WARNING,
                        "an operator paused the service: cameras that obey send nothing");
            }
            if (verdicts.isSilent(last, now)) {
                return new Verdict("silent", Rating.BAD, silence(last));
            }
            if (wait.filter(mean -> mean.compareTo(LONG_WAIT) > 0).isPresent()) {
                return new Verdict("waits", Rating.WARNING, String.format(Locale.ROOT,
                        "its frames wait %.1f s from capture to hand-off", wait.get().toMillis() / 1e3));
            }
            return camera.framesPerSecond() < usualRate / 2
                    ? new Verdict("slow", Rating.WARNING, "sends less than half of the rate of most cameras")
                    : new Verdict("flows", Rating.GOOD, "");
        }
    }

    /** Judges a processor; {@code level}: its backpressure. */
    public static Verdict processor(RegisteredProcessor one, PressureLevel level) {
        String reason = one.health().reason();
        if (one.draining()) {
            return new Verdict("draining", Rating.WARNING,
                    "gets no new frames, and is unregistered when its queue is empty");
        }
        if (one.circuit() instanceof Circuit.Open) {
            return new Verdict("cut_off", Rating.BAD, reason);
        }
        if (one.circuit() instanceof Circuit.HalfOpen) {
            return new Verdict("on_trial", Rating.BAD, reason);
        }
        if (one.health().status() == HealthStatus.UNHEALTHY) {
            return new Verdict("unhealthy", Rating.BAD, reason);
        }
        if (level.compareTo(PressureLevel.HIGH) >= 0) {
            return new Verdict("overloaded", overload(level),
                    "its queue fills: " + level.name().toLowerCase(Locale.ROOT));
        }
        return one.health().status() == HealthStatus.DEGRADED
                ? new Verdict("degraded", Rating.WARNING, reason)
                : new Verdict("healthy", Rating.GOOD, "");
    }

    /** Judges a capability; {@code level}: its backpressure. */
    public static Verdict capability(String name, Collection<RegisteredProcessor> processors, PressureLevel level) {
        List<RegisteredProcessor> offering = processors.stream().filter(one -> one.registration().canProcess(name))
                .toList();
        long usable = offering.stream().filter(RegisteredProcessor::available).count();
        if (usable == 0) {
            return new Verdict("unusable", Rating.BAD, "no usable processor offers it");
        }
        String processorCount = offering.size() == 1 ? "1 processor" : offering.size() + " processors";
        if (level.compareTo(PressureLevel.HIGH) >= 0) {
            return new Verdict("overloaded", overload(level), processorCount + ", overloaded");
        }
        return usable < offering.size()
                ? new Verdict("partly_usable", Rating.WARNING, usable + " of " + processorCount + " usable")
                : new Verdict("usable", Rating.GOOD, processorCount);
    }

    private static Rating overload(PressureLevel level) {
        return level == PressureLevel.CRITICAL ? Rating.BAD : Rating.WARNING;
    }

    /**
     * The verdict on a camera, a processor or a capability.
     *
     * @param state a word in {@code snake_case}
     * @param reason for people; may be empty when the rating is good
     */
    public record Verdict(String state, Rating rating, String reason) {
        /** From good to bad. */
        public enum Rating {
            GOOD, WARNING, BAD
        }

        /** As JSON, in the form of {@code GET /overview}. */
        public ObjectNode json() {
            return JsonNodeFactory.instance.objectNode().put("state", state)
                    .put("rating", rating.name().toLowerCase(Locale.ROOT)).put("reason", reason);
        }
    }

    /** The last pause by an operator, in which cameras need not send frames. */
    public record PausedPeriod(Instant from, Instant until) {
        public static final PausedPeriod NONE = new PausedPeriod(Instant.EPOCH, Instant.EPOCH);

        PausedPeriod after(Instant before, ServiceObservation now) {
            if (!now.paused()) {
                // The clock was set back: a period that ends in the future is not over.
                return until.isAfter(now.at()) ? NONE : this;
            }
            return until.equals(before) && !from.isAfter(now.at())
                    ? new PausedPeriod(from, now.at())
                    : new PausedPeriod(now.at(), now.at());
        }

        /** Time without a frame, the pause excluded. */
        Duration silence(Instant since, Instant now) {
            Instant begins = since.isAfter(from) ? since : from;
            Duration silent = Duration.between(since, now);
            return until.isAfter(begins) ? silent.minus(Duration.between(begins, until)) : silent;
        }
    }
}
