package framebuffer.trials.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.app.config.FlagOnly;
import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Examples;
import framebuffer.app.terminal.Logging;
import framebuffer.app.terminal.ProgressLine;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.trials.bench.HandOffRound.Figures;
import framebuffer.trials.bench.rig.BenchFrames;
import framebuffer.trials.bench.rig.BenchRedis;
import framebuffer.trials.bench.rig.Median;
import framebuffer.trials.bench.rig.Memory;
import framebuffer.trials.bench.rig.ServerOptions;
import framebuffer.wire.Partitioning;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how many frames per second are handed off. */
@Command(name = "handoff", header = "Measures how many frames per second one instance hands off.", mixinStandardHelpOptions = true, description = {
        "Measures how many frames per second one instance hands off, with everything switched on: fills a fresh Redis, starts the "
                + "service on it, and waits until every frame is handed off.",
        "With --yardstick, a router in C that takes no decisions does the same with the same frames, in turn; the command compiles "
                + "it (cc, hiredis). All figures are medians over the rounds."})
@Examples("frame-buffer bench handoff")
final class HandOffBench implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @FlagOnly
    @ValueRange(least = "1000", most = "10000000")
    @Option(names = "--frames", paramLabel = "N", defaultValue = "300000", description = "Frames per round. Default: ${DEFAULT-VALUE}.")
    private long frames;

    @FlagOnly
    @ValueRange(least = "1", most = "1000")
    @Option(names = "--processors", paramLabel = "N", defaultValue = "50", description = "Number of processors. Default: ${DEFAULT-VALUE}.")
    private int processors;

    @FlagOnly
    @ValueRange(least = "1", most = "10000")
    @Option(names = "--cameras", paramLabel = "N", defaultValue = "20", description = "Number of cameras. Default: ${DEFAULT-VALUE}.")
    private int cameras;

    @FlagOnly
    @ValueRange(least = "1", most = "100")
    @Option(names = "--rounds", paramLabel = "N", defaultValue = "7", description = "Number of rounds, after one that does not count. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--routing-strategy", paramLabel = "NAME", defaultValue = "least_loaded", description = "Strategy that chooses the processor of a frame. Default: ${DEFAULT-VALUE}.")
    private RoutingStrategy strategy = RoutingStrategy.LEAST_LOADED;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @FlagOnly
    @Option(names = "--without-journey", description = "Does not record decisions, to measure what recording costs.")
    private boolean withoutJourney;

    @FlagOnly
    @Option(names = "--yardstick", description = "Also measures the router in C.")
    private boolean yardstick;

    @FlagOnly
    @Option(names = "--json", description = "Prints the figures as JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        Logging.onlyErrors();
        List<Figures> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        ProgressLine progress = ProgressLine.on(System.err);
        long begun = System.nanoTime();
        try (OpenTelemetrySdk telemetry = SampledTracing.oneInAHundred(); Router router = Router.of(yardstick)) {
            for (int round = 0; round <= rounds; round++) {
                Figures our = ours(telemetry);
                Double their = router.yardstick() == null ? null : theirs(router.yardstick());
                if (round > 0) {
                    ours.add(our);
                    if (their != null) {
                        theirs.add(their);
                    }
                }
                int at = round;
                progress.at(Duration.ofNanos(System.nanoTime() - begun),
                        () -> String.format(Locale.ROOT, "round %d of %d: %,.0f frames/s%s", at, rounds,
                                our.framesPerSecond(),
                                their == null ? "" : String.format(Locale.ROOT, ", the yardstick %,.0f", their)));
            }
        }
        progress.show("");
        print(ours, theirs);
        return 0;
    }

    /** The router in C, if requested. */
    private record Router(@Nullable Yardstick yardstick) implements AutoCloseable {
        static Router of(boolean wanted) throws InterruptedException {
            return new Router(wanted ? Yardstick.compile() : null);
        }

        @Override
        public void close() {
            if (yardstick != null) {
                yardstick.close();
            }
        }
    }

    private Figures ours(OpenTelemetrySdk telemetry) throws InterruptedException {
        try (BenchRedis redis = server.start()) {
            HandOffRound round = new HandOffRound(redis.address(), strategy, telemetry,
                    withoutJourney);
            round.register(processors);
            round.fill(frames, cameras);
            return round.run(frames, 1);
        }
    }

    private double theirs(Yardstick yardstick) throws InterruptedException {
        try (BenchRedis redis = server.start()) {
            BenchFrames.fill(PartitionLayout.of(redis.address(), Partitioning.whole("")), frames, cameras);
            return yardstick.framesPerSecond(redis.address(), frames);
        }
    }

    private void print(List<Figures> ours, List<Double> theirs) {
        PrintWriter out = spec.commandLine().getOut();
        double our = Median.of(ours, Figures::framesPerSecond);
        Double their = theirs.isEmpty() ? null : Median.of(theirs, Double::doubleValue);
        double cpu = Median.of(ours, Figures::cpuMicros);
        double redisCpu = Median.of(ours, Figures::redisCpuMicros);
        double allocated = Median.of(ours, Figures::allocatedBytes);
        if (json) {
            ObjectNode figures = JsonNodeFactory.instance.objectNode().put("frames", frames).put("frames_per_second",
                    Math.round(our));
            if (their != null) {
                figures.put("yardstick_frames_per_second", Math.round(their)).put("ratio", round2(our / their));
            }
            figures.put("cpu_us_per_frame", round2(cpu)).put("redis_cpu_us_per_frame", round2(redisCpu))
                    .put("allocated_bytes_per_frame", Math.round(allocated)).putNull("rss_mb");
            // The CPU time of this process, which includes the service and the measurement.
            Memory.resident(ProcessHandle.current().pid()).ifPresent(megabytes -> figures.put("rss_mb", megabytes));
            out.println(figures);
        } else {
            out.println(
                    String.format(Locale.ROOT, "%,.0f frames/s handed off to %d processors (%s, %s)", our, processors,
                            strategy.word(), server));
            if (their != null) {
                out.println(String.format(Locale.ROOT, "%,.0f frames/s by the yardstick: a ratio of %.2f", their,
                        our / their));
            }
            out.println(
                    String.format(Locale.ROOT, "a frame: %.1f µs of our CPU, %.1f µs of Redis's; %,.0f bytes allocated",
                            cpu, redisCpu, allocated));
        }
        out.flush();
    }

    private static double round2(double figure) {
        return Math.round(figure * 100) / 100.0;
    }
}
