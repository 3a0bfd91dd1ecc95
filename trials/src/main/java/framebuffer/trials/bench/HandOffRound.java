package framebuffer.trials.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import framebuffer.app.config.Version;
import framebuffer.orchestrator.Orchestrator;
import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.server.ApiServer;
import framebuffer.orchestrator.observability.results.ResultMaintenance;
import framebuffer.orchestrator.pipeline.JournalWriter;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.orchestrator.processors.health.CircuitPolicy.CircuitThresholds;
import framebuffer.orchestrator.processors.polls.HealthPoller;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy;
import framebuffer.orchestrator.processors.registry.Registry;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.trials.bench.rig.BenchFrames;
import framebuffer.trials.bench.rig.BenchRedis;
import framebuffer.trials.bench.rig.StallDetector;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** One round: a complete service in this JVM hands off a full capture stream; nobody reads the work queues. */
final class HandOffRound {
    private static final OperatingSystemMXBean SYSTEM = (OperatingSystemMXBean) ManagementFactory
            .getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final RedisAddress redis;
    private final PartitionLayout partitions;
    private final RoutingStrategy strategy;
    private final OpenTelemetry telemetry;
    private final JournalWriter.JournalRetention journal;

    /**
     * The figures of a round.
     *
     * @param cpuMicros our CPU time per frame
     * @param redisCpuMicros Redis's CPU time per frame
     * @param allocatedBytes bytes that we allocate per frame
     */
    record Figures(double framesPerSecond, double cpuMicros, double redisCpuMicros, double allocatedBytes) {
    }

    HandOffRound(RedisAddress redis, RoutingStrategy strategy, OpenTelemetry telemetry, boolean withoutJourney) {
        this(redis, Partitioning.whole(""), strategy, telemetry, withoutJourney);
    }

    /** A round on several partitions, each on its own node. */
    HandOffRound(RedisAddress redis, Partitioning partitioning, RoutingStrategy strategy, OpenTelemetry telemetry,
            boolean withoutJourney) {
        this.redis = redis;
        this.partitions = PartitionLayout.of(redis, partitioning);
        this.strategy = strategy;
        this.telemetry = telemetry;
        this.journal = withoutJourney
                ? new JournalWriter.JournalRetention(Duration.ZERO, 1)
                : JournalWriter.JournalRetention.DEFAULT;
    }

    private Orchestrator start(int processors, String instance) {
        return Orchestrator.start(new Orchestrator.Settings(
                new Pipeline.Settings(redis, null, Keys.DEFAULT, "frame-buffer-v2", instance, strategy,
                        Pump.PipelineLimits.DEFAULT, Pipeline.FlowControl.DEFAULT, Pipeline.DeadLettering.DEFAULT,
                        journal, ResultMaintenance.ResultRetention.DEFAULT),
                partitions.how(), new RegistrationPolicy.RegistrationLimits(processors, Duration.ofSeconds(5)),
                new Orchestrator.ProcessorMonitoring(
                        // Nobody reads the queues, so no processor may count as stalled.
                        new CircuitThresholds(3, Duration.ofSeconds(60), 3, Duration.ofHours(1)),
                        HealthPoller.PollSettings.DEFAULT, Registry.Settings.DEFAULT_FORGET_AFTER),
                new ApiServer.Settings("127.0.0.1", 0, ApiTokens.NONE), 500, Version.current()), telemetry,
                InstantSource.system());
    }

    /** Registers processors with room for all frames. */
    void register(int processors) throws InterruptedException {
        try (Orchestrator orchestrator = start(processors, "bench"); HttpClient http = HttpClient.newHttpClient()) {
            for (int i = 0; i < processors; i++) {
                String body = "{\"id\": \"bench-" + i + "\", \"capabilities\": [\"object_detection\"],"
                        + " \"capacity\": 1000000, \"heartbeat_interval\": 3600, \"partition\": \"all\"}";
                int status = http.send(HttpRequest
                        .newBuilder(URI.create("http://127.0.0.1:" + orchestrator.port() + "/processors/register"))
                        .POST(BodyPublishers.ofString(body)).build(), BodyHandlers.discarding()).statusCode();
                if (status != 201) {
                    throw new IllegalStateException("processor bench-" + i + " is not registered: " + status);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds this number of frames to the capture streams. */
    void fill(long frames, int cameras) {
        BenchFrames.fill(partitions, frames, cameras);
    }

    /** Several instances in this JVM hand off all frames. Measures from the first hand-off of each partition to the last. */
    Figures run(long frames, int instances) throws InterruptedException {
        return together(List.of(this), frames, instances);
    }

    /**
     * Runs several independent services at the same time.
     *
     * @param frames total number of frames, evenly spread
     * @param instances number of instances of each service
     */
    static Figures together(List<HandOffRound> services, long frames, int instances) throws InterruptedException {
        Deque<Orchestrator> running = new ArrayDeque<>();
        List<Look> looks = services.stream().flatMap(one -> one.partitions.all().stream()).map(Look::open).toList();
        try {
            for (int i = 1; i <= instances; i++) {
                for (HandOffRound one : services) {
                    running.push(one.start(1_000, "bench-" + i));
                }
            }
            StallDetector.await("partitions hand off nothing",
                    () -> looks.stream().filter(look -> look.left() >= frames / looks.size()).count(), 0);
            long there = left(looks);
            long begun = System.nanoTime();
            long cpu = SYSTEM.getProcessCpuTime();
            long allocated = THREADS.getTotalThreadAllocatedBytes();
            double redisCpu = redisCpu(looks);
            StallDetector.await("frames are not handed off", () -> left(looks), 0);
            double seconds = (System.nanoTime() - begun) / 1e9;
            return new Figures(there / seconds, (SYSTEM.getProcessCpuTime() - cpu) / 1e3 / there,
                    (redisCpu(looks) - redisCpu) * 1e6 / there,
                    (double) (THREADS.getTotalThreadAllocatedBytes() - allocated) / there);
        } finally {
            running.forEach(Orchestrator::close);
            looks.forEach(look -> look.redis().close());
        }
    }

    /** A separate connection to a partition. */
    private record Look(RedisConnection redis, Keys keys) {
        static Look open(Partition partition) {
            return new Look(RedisConnection.open(partition.redis()), partition.keys());
        }

        /** Frames not handed off yet. */
        long left() {
            return Replies.number(redis.call("XLEN", keys.capture()));
        }
    }

    private static double redisCpu(List<Look> looks) {
        return looks.stream().mapToDouble(look -> BenchRedis.cpuSeconds(look.redis())).sum();
    }

    private static long left(List<Look> looks) {
        return looks.stream().mapToLong(Look::left).sum();
    }
}
