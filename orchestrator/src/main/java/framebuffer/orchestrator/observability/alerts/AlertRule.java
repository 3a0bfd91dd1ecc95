package framebuffer.orchestrator.observability.alerts;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Alert rules; the same names as in {@code deploy/prometheus/rules/frame-buffer.yml}. */
public enum AlertRule {
    /** A camera that sent frames before sends none. */
    NO_FRAMES_FROM_CAMERA,
    /** The number of unread frames grows. */
    BACKLOG_GROWING,
    /** A frame waits too long in this instance's window. */
    OLDEST_FRAME_TOO_OLD,
    /** Frames wait, and all processors for them are full. */
    BACKPRESSURE_CRITICAL,
    /** Frames wait for a capability that no usable processor offers. */
    NO_PROCESSOR_FOR_CAPABILITY,
    /** A processor is silent, or reports itself unhealthy. */
    PROCESSOR_UNHEALTHY,
    /** Frames take too long from capture to acknowledgement. */
    LATENCY_HIGH,
    /** The circuit of a processor is open. */
    CIRCUIT_OPEN,
    /** A processor has frames, and acknowledges none. */
    PROCESSOR_DEAF,
    /** Most frames of a capability fail. */
    DEAD_LETTER_FLOOD,
    /** Frames were removed from Redis before they were done. */
    FRAMES_LOST,
    /** A frame is counted twice, or not at all. */
    LEDGER_OUT_OF_BALANCE,
    /** This instance cannot reach Redis. */
    REDIS_DOWN,
    /** Redis has used nearly all its memory, and will refuse producers. */
    REDIS_MEMORY_FULL,
    /** Redis may evict frames when its memory is full. */
    REDIS_MAY_EVICT,
    /** An instance is dead, or two have the same name. */
    INSTANCE_MISSING;

    /** The name in Prometheus: {@code NoFramesFromCamera}. */
    public String word() {
        return Arrays.stream(name().split("_", -1))
                .map(part -> part.charAt(0) + part.substring(1).toLowerCase(Locale.ROOT)).collect(Collectors.joining());
    }

    /** {@code critical} when frames are lost or not handed off at all, else {@code warning}. */
    public String severity() {
        return switch (this) {
            case BACKPRESSURE_CRITICAL, NO_PROCESSOR_FOR_CAPABILITY, DEAD_LETTER_FLOOD, FRAMES_LOST,
                    LEDGER_OUT_OF_BALANCE, REDIS_DOWN, REDIS_MEMORY_FULL ->
                "critical";
            case NO_FRAMES_FROM_CAMERA, BACKLOG_GROWING, OLDEST_FRAME_TOO_OLD, PROCESSOR_UNHEALTHY, LATENCY_HIGH,
                    CIRCUIT_OPEN, PROCESSOR_DEAF, REDIS_MAY_EVICT, INSTANCE_MISSING ->
                "warning";
        };
    }

    /** The label of its subject; empty: it has none. */
    public String label() {
        return switch (this) {
            case NO_FRAMES_FROM_CAMERA -> "camera_id";
            case NO_PROCESSOR_FOR_CAPABILITY -> "capability";
            case PROCESSOR_UNHEALTHY, CIRCUIT_OPEN, PROCESSOR_DEAF -> "processor_id";
            case INSTANCE_MISSING -> "missing_instance";
            case BACKLOG_GROWING, OLDEST_FRAME_TOO_OLD, BACKPRESSURE_CRITICAL, LATENCY_HIGH, DEAD_LETTER_FLOOD,
                    FRAMES_LOST, LEDGER_OUT_OF_BALANCE, REDIS_DOWN, REDIS_MEMORY_FULL, REDIS_MAY_EVICT ->
                "";
        };
    }

    /** How long the condition must hold before the alert fires. */
    public Duration pending() {
        return switch (this) {
            case DEAD_LETTER_FLOOD, FRAMES_LOST, INSTANCE_MISSING -> Duration.ZERO;
            case NO_PROCESSOR_FOR_CAPABILITY, CIRCUIT_OPEN, REDIS_DOWN, REDIS_MEMORY_FULL, REDIS_MAY_EVICT ->
                Duration.ofSeconds(10);
            case BACKPRESSURE_CRITICAL, PROCESSOR_UNHEALTHY -> Duration.ofSeconds(30);
            case NO_FRAMES_FROM_CAMERA, OLDEST_FRAME_TOO_OLD, LATENCY_HIGH -> Duration.ofMinutes(1);
            case BACKLOG_GROWING, LEDGER_OUT_OF_BALANCE -> Duration.ofMinutes(2);
            case PROCESSOR_DEAF -> Duration.ofSeconds(150);
        };
    }

    /** The file under {@code docs/runbooks} with meaning and remedy. */
    public String runbook() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-') + ".md";
    }
}
