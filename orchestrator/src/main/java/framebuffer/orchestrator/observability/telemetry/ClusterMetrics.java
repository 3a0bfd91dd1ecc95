package framebuffer.orchestrator.observability.telemetry;

import framebuffer.orchestrator.observability.stats.ClusterStats;
import framebuffer.orchestrator.observability.stats.StatsReader.FastStats;
import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import framebuffer.redis.queues.CompletionCounts;
import framebuffer.wire.control.Heartbeat.HealthStatus;
import framebuffer.wire.text.NaturalOrder;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/** Metrics of the whole cluster. Every instance publishes the same values: add them up over processors, not over instances. */
public final class ClusterMetrics implements MultiCollector {
    /** Most cameras that are named as ended. */
    private static final int MOST_ENDED = 100;

    private final ClusterStats redis;

    private ClusterMetrics(ClusterStats redis) {
        this.redis = redis;
    }

    /** Registers the metrics; {@code processors}: the registered ones. */
    public static void register(PrometheusRegistry registry, ClusterStats redis,
            Supplier<Collection<RegisteredProcessor>> processors) {
        registry.register(new ClusterMetrics(redis));
        GaugeWithCallback.builder().name("frame_buffer_processors").help("Registered processors.").labelNames("status")
                .callback(callback -> Arrays.stream(HealthStatus.values())
                        .forEach(status -> callback.call((double) processors
                                .get().stream().filter(one -> one.health().status() == status).count(), status.word())))
                .register(registry);
        GaugeWithCallback.builder().name("frame_buffer_ledger_balanced")
                .help("1 while every frame is accounted for; checked every 5 s.")
                .callback(callback -> {
                    switch (redis.slow().balance()) {
                        case BALANCED -> callback.call(1);
                        case OUT_OF_BALANCE -> callback.call(0);
                        case UNKNOWN -> {
                            // Without a first reading of the ledger there is no value.
                        }
                    }
                }).register(registry);
        each(registry, "processor_health", "Health of each processor: 0 healthy, 1 degraded, 2 unhealthy.", processors,
                one -> switch (one.health().status()) {
                    case HEALTHY -> 0;
                    case DEGRADED -> 1;
                    case UNHEALTHY -> 2;
                });
        each(registry, "circuit_state", "Circuit of each processor: 0 closed, 1 half-open, 2 open.", processors,
                one -> one.circuit().state());
    }

    private static void each(PrometheusRegistry registry, String name, String help,
            Supplier<Collection<RegisteredProcessor>> processors, ToIntFunction<RegisteredProcessor> value) {
        GaugeWithCallback.builder().name("frame_buffer_" + name).help(help).labelNames("processor_id")
                .callback(callback -> processors.get()
                        .forEach(one -> callback.call(value.applyAsInt(one), one.registration().id())))
                .register(registry);
    }

    @Override
    public MetricSnapshots collect() {
        FastStats figures = redis.fast();
        return MetricSnapshots.of(completed(figures), endToEnd(figures), dropped(figures),
                gauge("capture_backlog", "Unread frames in the capture stream.", figures.unread()),
                ended(redis.slow().ended()),
                gauge("deferred_frames", "Deferred frames that wait in Redis.",
                        figures.deferred()),
                gauge("results", "Results that Redis keeps.", figures.results().kept()),
                CounterSnapshot.builder().name("frame_buffer_results_removed")
                        .help("Results that have left Redis: too old, too many, or deleted.")
                        .dataPoint(CounterDataPointSnapshot.builder().value((double) figures.results().removed())
                                .build())
                        .build());
    }

    private static GaugeSnapshot gauge(String name, String help, long value) {
        return GaugeSnapshot.builder().name("frame_buffer_" + name).help(help)
                .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder().value((double) value).build()).build();
    }

    private static GaugeSnapshot ended(Set<String> cameras) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name("frame_buffer_camera_ended")
                .help("1 for each camera whose video has ended.");
        cameras.stream().sorted(NaturalOrder.NAMES).limit(MOST_ENDED)
                .forEach(camera -> gauge.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .labels(Labels.of("camera_id", camera)).value(1).build()));
        return gauge.build();
    }

    private static CounterSnapshot completed(FastStats figures) {
        CounterSnapshot.Builder counter = CounterSnapshot.builder().name("frame_buffer_frames_completed")
                .help("Frames that processors acknowledged.");
        figures.completed().byProcessor()
                .forEach((processor, frames) -> counter.dataPoint(CounterDataPointSnapshot.builder()
                        .labels(Labels.of("processor_id", processor)).value((double) frames).build()));
        return counter.build();
    }

    private static CounterSnapshot dropped(FastStats figures) {
        CounterSnapshot.Builder counter = CounterSnapshot.builder().name("frame_buffer_dead_letters_dropped")
                .help("Dead letters removed because they were too old or too many.");
        figures.dropped().forEach((reason, letters) -> counter.dataPoint(CounterDataPointSnapshot.builder()
                .labels(Labels.of("reason", reason)).value((double) letters).build()));
        return counter.build();
    }

    private static HistogramSnapshot endToEnd(FastStats figures) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        for (int i = 0; i < CompletionCounts.BUCKETS; i++) {
            buckets.bucket(CompletionCounts.bound(i), figures.completed().bucket(i));
        }
        return HistogramSnapshot.builder().name("frame_buffer_end_to_end_seconds")
                .help("Time from capture to acknowledgement.").dataPoint(HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(buckets.build()).sum(figures.completed().sumSeconds()).build())
                .build();
    }
}
