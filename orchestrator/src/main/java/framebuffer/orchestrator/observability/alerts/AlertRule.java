package framebuffer.orchestrator.observability.alerts;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What an alert may be about; the same names as in {@code deploy/prometheus/rules/frame-buffer.yml}. */
public enum AlertRule {
    /** A camera that sent before sends nothing. */
    NO_FRAMES_FROM_CAMERA,
    /** More and more frames have not even been read. */
    BACKLOG_GROWING,
    /** A frame waits too long in this instance's window. */
    OLDEST_FRAME_TOO_OLD,
    /** Frames wait, and those that could take them are full. */
    BACKPRESSURE_CRITICAL,
    /** Frames wait for what nobody usable offers. */
    NO_PROCESSOR_FOR_CAPABILITY,
    /** A processor is silent, or says that it is ill. */
    PROCESSOR_UNHEALTHY,
    /** Frames take too long from capture to acknowledgement. */
    LATENCY_HIGH,
    /** A processor is cut off. */
    CIRCUIT_OPEN,
    /** A processor has frames, and acknowledges none. */
    PROCESSOR_DEAF,
    /** Most frames of a capability fail. */
    DEAD_LETTER_FLOOD,
    /** Frames vanished before they were done. */
    FRAMES_LOST,
    /** Some frame is counted twice, or not at all. */
    LEDGER_OUT_OF_BALANCE,
    /** This instance has no Redis. */
    REDIS_DOWN,
    /** Redis has used nearly all its memory: producers are refused. */
    REDIS_MEMORY_FULL,
    /** Redis may remove frames when its memory is used up. */
    REDIS_MAY_EVICT,
    /** An instance is gone, or two run under one name. */
    INSTANCE_MISSING;

    /** As Prometheus has it: {@code NoFramesFromCamera}. */
    public String word() {
        return Arrays.stream(name().split("_", -1))
                .map(part -> part.charAt(0) + part.substring(1).toLowerCase(Locale.ROOT)).collect(Collectors.joining());
    }

    /** How bad it is: {@code critical} where frames are lost, or not handed off at all. */
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

    /** What its subject is, as a label; empty: it has none. */
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

    /** How long it must be so until it fires. */
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

    /** Under {@code docs/runbooks}: what it means, and what to do. */
    public String runbook() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-') + ".md";
    }
}
