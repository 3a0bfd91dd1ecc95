package framebuffer.trials.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.app.config.FlagOnly;
import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Examples;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.Logging;
import framebuffer.app.terminal.ProgressLine;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.trials.bench.HandOffRound.Figures;
import framebuffer.trials.bench.rig.BenchRedis;
import framebuffer.trials.bench.rig.Median;
import framebuffer.trials.bench.rig.ServerOptions;
import framebuffer.wire.Partitioning;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the cost of a frame with several instances, or with one instance on several partitions. */
@Command(name = "scale", header = "Measures the cost of a frame when instances share the work.", mixinStandardHelpOptions = true, description = {
        "Measures the cost of a frame, in CPU time of the service and of Redis, when 1, 2, 4 … instances hand off together from one "
                + "Redis. If the cost stays the same, more machines hand off more frames; on this machine, its cores bound the frames "
                + "per second.",
        "With --partitions it runs one instance on a Redis Cluster with as many nodes as partitions, and adds up the CPU time of "
                + "all nodes. For comparison it runs as many separate services of one partition each: their additional cost over one "
                + "service is the effect of full cores, not of partitions.",
        "The numbers take turns; all figures are medians over the rounds."})
@Examples("frame-buffer bench scale")
final class ScaleBench implements Callable<Integer> {
    private static final int MOST_INSTANCES = 16;
    private static final int MOST_PARTITIONS = 16;
    private static final int CAMERAS = 20;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @FlagOnly
    @Option(names = "--instances", paramLabel = "N", split = ",", defaultValue = "1,2,4", description = "Numbers of instances to compare. Default: ${DEFAULT-VALUE}.")
    private List<Integer> instances = List.of();

    @FlagOnly
    @Option(names = "--partitions", paramLabel = "N", split = ",", description = "Numbers of partitions to compare, instead of instances.")
    private List<Integer> partitions = List.of();

    @FlagOnly
    @ValueRange(least = "1000", most = "10000000")
    @Option(names = "--frames", paramLabel = "N", defaultValue = "200000", description = "Frames per round. Default: ${DEFAULT-VALUE}.")
    private long frames;

    @FlagOnly
    @ValueRange(least = "1", most = "1000")
    @Option(names = "--processors", paramLabel = "N", defaultValue = "50", description = "Number of processors. Default: ${DEFAULT-VALUE}.")
    private int processors;

    @FlagOnly
    @ValueRange(least = "1", most = "100")
    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Number of rounds, after one that does not count. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @FlagOnly
    @Option(names = "--json", description = "Prints the figures as JSON.")
    private boolean json;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Override
    public Integer call() throws InterruptedException {
        Logging.onlyErrors();
        if (instances.isEmpty() || instances.stream().anyMatch(count -> count < 1 || count > MOST_INSTANCES)) {
            throw new CannotRun("instances must be numbers from 1 to " + MOST_INSTANCES);
        }
        if (partitions.stream().anyMatch(count -> count < 1 || count > MOST_PARTITIONS)) {
            throw new CannotRun("partitions must be numbers from 1 to " + MOST_PARTITIONS);
        }
        String what = partitions.isEmpty() ? "instances" : "partitions";
        ProgressLine progress = json ? ProgressLine.silent() : ProgressLine.on(System.err);
        Map<Integer, Sample> all = new TreeMap<>();
        try (OpenTelemetrySdk telemetry = SampledTracing.oneInAHundred()) {
            for (int round = 0; round <= rounds; round++) {
                for (int count : partitions.isEmpty() ? instances : partitions) {
                    Sample sample = partitions.isEmpty()
                            ? new Sample(List.of(ofInstances(telemetry, count)), List.of())
                            : new Sample(List.of(ofPartitions(telemetry, count)), List.of(apart(telemetry, count)));
                    if (round > 0) {
                        all.merge(count, sample, Sample::and);
                    }
                    progress.show(String.format(Locale.ROOT, "%s, %d %s: %,.0f frames/s",
                            round == 0 ? "warm-up" : "round " + round + " of " + rounds, count,
                            what, sample.them().getFirst().framesPerSecond()));
                }
            }
        }
        print(all, what);
        return 0;
    }

    /**
     * The rounds for one number of instances or partitions.
     *
     * @param apart rounds with separate services; empty: not measured
     */
    private record Sample(List<Figures> them, List<Figures> apart) {
        Sample {
            them = List.copyOf(them);
            apart = List.copyOf(apart);
        }

        Sample and(Sample other) {
            return new Sample(Stream.concat(them.stream(), other.them.stream()).toList(),
                    Stream.concat(apart.stream(), other.apart.stream()).toList());
        }
    }

    private Figures ofInstances(OpenTelemetrySdk telemetry, int count) throws InterruptedException {
        try (BenchRedis redis = server.start()) {
            return run(new HandOffRound(redis.address(), RoutingStrategy.LEAST_LOADED, telemetry, false), count);
        }
    }

    private Figures ofPartitions(OpenTelemetrySdk telemetry, int count) throws InterruptedException {
        Partitioning partitioning = Partitioning.tagged("", count);
        try (BenchCluster redis = BenchCluster.start(partitioning)) {
            return run(new HandOffRound(redis.address(), partitioning, RoutingStrategy.LEAST_LOADED, telemetry, false),
                    1);
        }
    }

    private Figures apart(OpenTelemetrySdk telemetry, int count) throws InterruptedException {
        Partitioning whole = Partitioning.tagged("", 1);
        Deque<BenchCluster> running = new ArrayDeque<>();
        try {
            List<HandOffRound> services = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                running.push(BenchCluster.start(whole));
                services.add(new HandOffRound(running.element().address(), whole, RoutingStrategy.LEAST_LOADED,
                        telemetry, false));
                services.getLast().register(processors);
                services.getLast().fill(frames / count, CAMERAS);
            }
            return HandOffRound.together(services, frames, 1);
        } finally {
            running.forEach(BenchCluster::close);
        }
    }

    private Figures run(HandOffRound round, int count) throws InterruptedException {
        round.register(processors);
        round.fill(frames, CAMERAS);
        return round.run(frames, count);
    }

    private static double cost(List<Figures> rounds) {
        return Median.of(rounds, Figures::cpuMicros) + Median.of(rounds, Figures::redisCpuMicros);
    }

    private void print(Map<Integer, Sample> all, String what) {
        PrintWriter out = spec.commandLine().getOut();
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        if (!json) {
            out.println(String.format(Locale.ROOT, "%n%10s %12s %12s %12s %12s%s", what, "frames/s", "ours, µs",
                    "Redis, µs", "cost of one", partitions.isEmpty() ? "" : "   apart, µs   cost of apart"));
        }
        double first = 0;
        for (Map.Entry<Integer, Sample> one : all.entrySet()) {
            List<Figures> them = one.getValue().them();
            List<Figures> apart = one.getValue().apart();
            first = first == 0 ? cost(them) : first;
            double rate = Median.of(them, Figures::framesPerSecond);
            ObjectNode figures = list.addObject().put(what, one.getKey()).put("frames_per_second", Math.round(rate))
                    .put("cpu_us_per_frame", Median.of(them, Figures::cpuMicros))
                    .put("redis_cpu_us_per_frame", Median.of(them, Figures::redisCpuMicros))
                    .put("cost_ratio", cost(them) / first);
            if (!apart.isEmpty()) {
                figures.put("apart_us_per_frame", cost(apart)).put("cost_ratio_to_apart", cost(them) / cost(apart));
            }
            if (!json) {
                out.println(String.format(Locale.ROOT, "%10d %,12.0f %12.1f %12.1f %12.2f%s", one.getKey(), rate,
                        Median.of(them, Figures::cpuMicros), Median.of(them, Figures::redisCpuMicros),
                        cost(them) / first, apart.isEmpty()
                                ? ""
                                : String.format(Locale.ROOT, "%12.1f %15.2f", cost(apart), cost(them) / cost(apart))));
            }
        }
        if (json) {
            out.println(list);
        }
        out.flush();
    }
}
