package framebuffer.orchestrator.observability.telemetry;

import framebuffer.orchestrator.observability.alerts.Alert;
import framebuffer.orchestrator.observability.alerts.AlertRule;
import framebuffer.orchestrator.pipeline.Pump.PumpView;
import framebuffer.orchestrator.pipeline.dispatch.FrameEvents;
import framebuffer.orchestrator.pipeline.dispatch.FrameEvents.LossReason;
import framebuffer.orchestrator.pipeline.dispatch.FrameEvents.SettledBatch;
import framebuffer.orchestrator.pipeline.dispatch.Outgoing;
import framebuffer.orchestrator.pipeline.intake.Arrival.PendingFrame;
import framebuffer.orchestrator.pipeline.intake.Arrival.TerminalArrival;
import framebuffer.redis.frames.LedgerReconciliation.CountKind;
import framebuffer.redis.handoff.Move;
import framebuffer.redis.handoff.Move.MoveOutcome;
import framebuffer.wire.control.Backpressure;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The metrics of the pipeline of this instance (docs/metrics.md). All methods may be called from any thread. */
public final class Metrics implements FrameEvents {
    private static final double[] SECONDS = {.000_005, .000_01, .000_05, .000_1, .000_5, .001, .005, .01, .025, .05,
            .1, .25, .5, 1};

    private static final double[] WAITS = {.001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30, 60, 300};

    private final PrometheusRegistry registry;
    private final CameraLabels cameras;
    private final Counter captured;
    private final Counter routed;
    private final Counter deadLetters;
    private final Counter lost;
    private final Counter reconciled;
    private final Counter shed;
    private final Counter redeliveries;
    private final Counter reconnects;
    private final Histogram routing;
    private final Histogram handOff;
    private final Histogram queueWait;

    /**
     * @param maxCameras most cameras with labels of their own
     */
    public Metrics(PrometheusRegistry registry, int maxCameras) {
        this.registry = registry;
        this.cameras = new CameraLabels(maxCameras);
        captured = counter("frames_captured", "Frames read from the capture stream by this instance.", "camera_id");
        routed = counter("frames_routed", "Frames handed off, or refused by a queue.", "processor_id", "camera_id",
                "result");
        deadLetters = counter("dead_letters", "Frames that became dead letters.", "reason");
        lost = counter("frames_lost", "Frames that vanished before the hand-off.", "reason");
        reconciled = counter("ledger_reconciled_frames", "Frames for which the ledger was corrected.", "counted");
        Stream.of(CountKind.values()).forEach(kind -> reconciled.initLabelValues(kind.word()));
        shed = counter("frames_shed", "Frames that were no longer worth sending.", "camera_id", "reason");
        redeliveries = counter("redeliveries", "Frames handed off again.", "reason");
        reconnects = counter("redis_reconnects", "Reconnects to Redis.");
        // With exemplars, each series sets a timer up to eleven times a second, even without any.
        routing = histogram("routing_duration_seconds", "Time to decide where one frame goes.", SECONDS)
                .withoutExemplars().register(registry);
        handOff = histogram("handoff_duration_seconds", "Time from sending a hand-off to its reply.", SECONDS)
                .withoutExemplars().register(registry);
        queueWait = histogram("queue_wait_seconds", "Time from a frame's capture until it was handed to a processor.",
                WAITS).register(registry);
    }

    /** Publishes version and strategy. */
    public void describe(String version, String strategy) {
        Info.builder().name("frame_buffer_orchestrator_info").help("The version and the routing strategy that run.")
                .labelNames("version", "routing_strategy").register(registry).setLabelValues(version, strategy);
    }

    /** Publishes the pump's state, read at each scrape. */
    public void watch(Supplier<PumpView> view) {
        gauge("window_frames", "Frames that wait for a processor.", () -> view.get().waiting());
        gauge("window_bytes", "Size of the frames that wait for a processor.", () -> view.get().bytes());
        gauge("oldest_frame_age_seconds", "Age of the oldest frame that waits, since its capture.",
                () -> view.get().oldestAge().toMillis() / 1_000.0);
        GaugeWithCallback.builder().name("frame_buffer_processor_queue_depth").help("Frames outstanding.")
                .labelNames("processor_id").callback(callback -> view.get().outstanding()
                        .forEach((processor, frames) -> callback.call(frames, processor)))
                .register(registry);
    }

    /** Publishes the backpressure. */
    public void watchPressure(Supplier<Backpressure> told) {
        gauge("backpressure_level", "Backpressure of the service: 0 normal, 1 moderate, 2 high, 3 critical.",
                () -> told.get().level().number());
        gauge("paused", "1 while an operator has paused the service.", () -> told.get().operatorPaused() ? 1 : 0);
        GaugeWithCallback.builder().name("frame_buffer_consumption_rate")
                .help("Share of their frames that producers should send, from 0 to 1.").labelNames("capability")
                .callback(callback -> told.get().capabilities().keySet().forEach(
                        capability -> callback.call(told.get().consumptionRate(List.of(capability)), capability)))
                .register(registry);
    }

    /** Publishes how many steps the journal has dropped. */
    public void watchJournal(Supplier<Long> dropped) {
        CounterWithCallback.builder().name("frame_buffer_journey_dropped")
                .help("Steps of frames that were not recorded, for lack of time or of Redis.")
                .callback(callback -> callback.call(dropped.get())).register(registry);
    }

    /** Publishes how many entries of the result streams listeners did not get because they are no results. */
    public void watchResultEvents(Supplier<Long> malformed) {
        CounterWithCallback.builder().name("frame_buffer_result_events_malformed")
                .help("Entries of the result streams that GET /results/events skipped because they are no results.")
                .callback(callback -> callback.call(malformed.get())).register(registry);
    }

    /** Publishes which partitions this instance serves. */
    public void watchPartitions(Supplier<Map<Integer, Boolean>> served) {
        GaugeWithCallback.builder().name("frame_buffer_partition_served")
                .help("1 where this instance serves a partition; over all instances at least 1 for each.")
                .labelNames("partition").callback(callback -> served.get()
                        .forEach((partition, is) -> callback.call(is ? 1 : 0, partition.toString())))
                .register(registry);
    }

    /** Publishes the checks of {@code GET /health}. */
    public void watchHealth(Supplier<Map<String, Boolean>> troubled) {
        GaugeWithCallback.builder().name("frame_buffer_health_trouble")
                .help("1 where a check of GET /health fails.").labelNames("check")
                .callback(callback -> troubled.get().forEach((check, is) -> callback.call(is ? 1 : 0, check)))
                .register(registry);
    }

    /** Publishes the number of firing alerts for each rule. */
    public void watchAlerts(Supplier<List<Alert>> firing) {
        GaugeWithCallback.builder().name("frame_buffer_alerts").help("Alerts of a rule that fire, see GET /alerts.")
                .labelNames("alertname", "severity").callback(callback -> {
                    List<Alert> now = firing.get();
                    for (AlertRule rule : AlertRule.values()) {
                        callback.call((double) now.stream().filter(alert -> alert.rule() == rule).count(), rule.word(),
                                rule.severity());
                    }
                }).register(registry);
    }

    /** Publishes whether Redis answers. */
    public void watchRedis(Supplier<Boolean> up) {
        gauge("redis_up", "1 while Redis answers.", () -> up.get() ? 1 : 0);
    }

    /** Removes the series of all other processors. */
    public void keepProcessors(Set<String> there) {
        routed.removeIf(labels -> !there.contains(labels.getFirst()));
    }

    /** Removes the series of these cameras. */
    public void forgetCameras(Set<String> left) {
        if (!left.isEmpty()) {
            captured.removeIf(labels -> left.contains(labels.getFirst()));
            shed.removeIf(labels -> left.contains(labels.getFirst()));
            routed.removeIf(labels -> left.contains(labels.get(1)));
            cameras.forget(left);
        }
    }

    @Override
    public void settled(SettledBatch batch) {
        handOff.observe(batch.nanos() / 1e9);
        batch.captured().forEach(this::captured);
        for (int i = 0; i < batch.items().size(); i++) {
            MoveOutcome outcome = batch.outcomes().get(i);
            switch (batch.items().get(i)) {
                case Outgoing.Assigned assigned -> settled(assigned, outcome, batch.sentAt());
                case Outgoing.Terminal(TerminalArrival terminal) -> {
                    if (outcome == MoveOutcome.MOVED) {
                        ended(terminal);
                    }
                }
            }
        }
    }

    private void settled(Outgoing.Assigned assigned, MoveOutcome outcome, Instant at) {
        PendingFrame pending = assigned.pending();
        @Nullable
        String result = switch (outcome) {
            case MOVED -> "success";
            case FULL -> "full";
            case CLOSED -> "closed";
            case GONE -> null;
        };
        if (result == null) {
            // Another instance has settled the frame.
            return;
        }
        assigned.choices()
                .forEach(choice -> routed(choice.slot().registration().id(), pending.cameraId(), result));
        if (outcome == MoveOutcome.MOVED) {
            waited(Duration.between(pending.captureId().time(), at), assigned.spans().recordedTrace());
            countRedelivery(pending);
        }
    }

    private void countRedelivery(PendingFrame pending) {
        switch (pending.source().kind()) {
            case CAPTURE -> {
                // The first hand-off of the frame is no redelivery.
            }
            case RETURNED -> redeliveries.labelValues("returned").inc();
            case QUEUE -> redeliveries.labelValues(pending.begun() ? "timeout" : "taken_back").inc();
        }
    }

    private void ended(TerminalArrival terminal) {
        switch (terminal.move()) {
            case Move.Lost _ -> lost(LossReason.DELETED, 1);
            case Move.ToDeadLetters _ -> deadLetters.labelValues(terminal.reason()).inc();
            case Move.Shed shed -> shed(shed.camera(), shed.reason());
            case Move.Deferred _,Move.ToQueues _ -> {
                // The frame has not ended. Deferred frames are counted in Redis.
            }
        }
    }

    @Override
    public void reconciled(CountKind counted, long frames) {
        reconciled.labelValues(counted.word()).inc(frames);
    }

    @Override
    public void lost(LossReason reason, long frames) {
        lost.labelValues(reason.word()).inc(frames);
    }

    @Override
    public void reconnected() {
        reconnects.inc();
    }

    @Override
    public void decided(long nanos) {
        routing.observe(nanos / 1e9);
    }

    void captured(String cameraId, int frames) {
        captured.labelValues(cameras.of(cameraId)).inc(frames);
    }

    /** Counts a frame that was handed to a processor ({@code success}) or refused ({@code full}, {@code closed}). */
    void routed(String processorId, String cameraId, String result) {
        routed.labelValues(processorId, cameras.of(cameraId), result).inc();
    }

    void shed(String cameraId, String reason) {
        shed.labelValues(cameras.of(cameraId), reason).inc();
    }

    /**
     * Records the wait of a frame that was handed off.
     *
     * @param after time since its capture
     * @param trace id of the trace for the exemplar; null: not recorded
     */
    void waited(Duration after, @Nullable String trace) {
        // A made-up entry id may be so far away that the difference overflows in nanoseconds.
        double seconds = Math.max(0, after.getSeconds() + after.getNano() / 1e9);
        if (trace == null) {
            queueWait.observe(seconds);
        } else {
            queueWait.observeWithExemplar(seconds, Labels.of("trace_id", trace));
        }
    }

    private Counter counter(String name, String help, String... labels) {
        return Counter.builder().name("frame_buffer_" + name).help(help).labelNames(labels).withoutExemplars()
                .register(registry);
    }

    private Histogram.Builder histogram(String name, String help, double[] bounds) {
        return Histogram.builder().name("frame_buffer_" + name).help(help).classicOnly().classicUpperBounds(bounds);
    }

    private void gauge(String name, String help, Supplier<Number> value) {
        GaugeWithCallback.builder().name("frame_buffer_" + name).help(help)
                .callback(callback -> callback.call(value.get().doubleValue())).register(registry);
    }
}
