package framebuffer.orchestrator.observability.alerts;

import framebuffer.orchestrator.observability.alerts.AlertThresholds;
import framebuffer.orchestrator.observability.alerts.ServiceObservation.ObservedFrames;
import framebuffer.orchestrator.observability.alerts.ServiceObservation.ObservedProcessor;
import framebuffer.orchestrator.observability.alerts.Verdicts.PausedPeriod;
import framebuffer.orchestrator.observability.stats.LedgerBalance;
import framebuffer.wire.control.PressureLevel;
import framebuffer.wire.text.NaturalOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Conditions that hold at one moment, and the figures needed to judge the next.
 *
 * @param holding the conditions
 * @param meanUnread mean of unread frames over the last minutes, weighted to the latest
 * @param completed processor → acknowledged frames
 * @param lost frames lost so far; empty: not known yet
 * @param lostAt when the last frames were lost; null: none since this instance started
 * @param pause the last pause by an operator
 */
record AlertConditions(Instant at, List<Condition> holding, double meanUnread, Map<String, Long> completed,
        OptionalLong lost,
        @Nullable Instant lostAt, PausedPeriod pause) {
    static final AlertConditions NONE = new AlertConditions(Instant.EPOCH, List.of(), 0, Map.of(),
            OptionalLong.empty(), null,
            PausedPeriod.NONE);

    /** Most cameras or capabilities: producers choose the names, and must not fill the memory. */
    private static final int MOST = 100;
    private static final Duration MEAN_OVER = Duration.ofMinutes(5);

    /** A condition that holds. */
    record Condition(AlertRule rule, String subject, String summary) {
    }

    AlertConditions {
        holding = List.copyOf(holding);
        completed = Map.copyOf(completed);
    }

    /** The conditions after another observation. */
    AlertConditions after(ServiceObservation now, AlertThresholds thresholds) {
        List<Condition> found = new ArrayList<>();
        ObservedFrames frames = now.frames();
        boolean newlyLost = lost.isPresent() && frames.lost().isPresent()
                && frames.lost().getAsLong() > lost.getAsLong();
        Instant lostNow = newlyLost || (lostAt != null && lostAt.isAfter(now.at())) ? now.at() : lostAt;
        PausedPeriod paused = pause.after(at, now);
        cameras(now, thresholds, paused, found);
        now.processors().forEach(one -> processor(one, found));
        frames(frames, thresholds, found);
        if (!now.paused()) {
            waits(frames, thresholds, found);
        }
        now.flood().ifPresent(why -> found.add(new Condition(AlertRule.DEAD_LETTER_FLOOD, "", why)));
        now.server().forEach((rule, why) -> found.add(new Condition(rule, "", why)));
        now.instances().forEach((name, why) -> found.add(new Condition(AlertRule.INSTANCE_MISSING, name, why)));
        if (lostNow != null && lostNow.plus(thresholds.remembered()).isAfter(now.at())) {
            found.add(new Condition(AlertRule.FRAMES_LOST, "", number(frames.lost().orElse(0), "frame")
                    + " vanished from Redis before they were done, the last one some minutes ago at most"));
        }
        Map<String, Long> counts = new HashMap<>();
        now.processors().forEach(one -> counts.put(one.id(), one.completed()));
        return new AlertConditions(now.at(), found, mean(now), counts, frames.lost(), lostNow, paused);
    }

    private double mean(ServiceObservation now) {
        double weight = Math.clamp((double) Duration.between(at, now.at()).toMillis() / MEAN_OVER.toMillis(), 0, 1);
        return meanUnread + (now.frames().unread() - meanUnread) * weight;
    }

    private static void cameras(ServiceObservation now, AlertThresholds thresholds, PausedPeriod paused,
            List<Condition> found) {
        if (now.paused()) {
            return;
        }
        Verdicts verdicts = new Verdicts(thresholds, paused);
        now.cameras().entrySet().stream()
                .filter(camera -> verdicts.isSilent(camera.getValue(), now.at()) && paused
                        .silence(camera.getValue(), now.at()).compareTo(thresholds.cameraForgotten()) < 0)
                .sorted(Map.Entry.comparingByKey(NaturalOrder.NAMES)).limit(MOST)
                .forEach(camera -> found.add(new Condition(AlertRule.NO_FRAMES_FROM_CAMERA, camera.getKey(),
                        Verdicts.silence(camera.getValue()))));
    }

    private void processor(ObservedProcessor one, List<Condition> found) {
        if (one.unhealthy() != null) {
            found.add(new Condition(AlertRule.PROCESSOR_UNHEALTHY, one.id(),
                    "its frames go to other processors: " + one.unhealthy()));
        }
        if (one.cutOff()) {
            found.add(new Condition(AlertRule.CIRCUIT_OPEN, one.id(), "gets no frames: its circuit is open"));
        }
        if (one.outstanding() > 0 && Objects.equals(completed.get(one.id()), one.completed())) {
            found.add(new Condition(AlertRule.PROCESSOR_DEAF, one.id(),
                    "has " + number(one.outstanding(), "frame") + ", and acknowledges none"));
        }
    }

    private void waits(ObservedFrames frames, AlertThresholds thresholds, List<Condition> found) {
        if (frames.unread() > thresholds.backlog() && frames.unread() > meanUnread) {
            found.add(new Condition(AlertRule.BACKLOG_GROWING, "",
                    number(frames.unread(), "frame") + " in the capture stream are unread, and their number rises"));
        }
        if (frames.oldest().compareTo(thresholds.oldest()) > 0) {
            found.add(new Condition(AlertRule.OLDEST_FRAME_TOO_OLD, "",
                    "the oldest frame in the window of this instance has waited for " + frames.oldest().toSeconds()
                            + " s"));
        }
    }

    private static void frames(ObservedFrames frames, AlertThresholds thresholds, List<Condition> found) {
        if (frames.pressure() == PressureLevel.CRITICAL) {
            found.add(new Condition(AlertRule.BACKPRESSURE_CRITICAL, "",
                    "frames wait, and all processors that could take them are full"));
        }
        frames.wanting().stream().sorted(NaturalOrder.NAMES).limit(MOST).forEach(capability -> found.add(new Condition(
                AlertRule.NO_PROCESSOR_FOR_CAPABILITY, capability, "frames wait, and no usable processor "
                        + (capability.isEmpty() ? "is registered" : "offers this capability"))));
        frames.p95().filter(p95 -> p95.compareTo(thresholds.latency()) > 0).ifPresent(p95 -> found.add(new Condition(
                AlertRule.LATENCY_HIGH, "", String.format(Locale.ROOT,
                        "one frame in twenty takes longer than %.1f s from capture to acknowledgement",
                        p95.toMillis() / 1e3))));
        if (frames.ledger() == LedgerBalance.OUT_OF_BALANCE) {
            found.add(new Condition(AlertRule.LEDGER_OUT_OF_BALANCE, "", "a frame is counted twice, or not at all"));
        }
    }

    private static String number(long n, String what) {
        return n == 1 ? "1 " + what : n + " " + what + "s";
    }
}
