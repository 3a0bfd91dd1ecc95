package framebuffer.trials.bench.flow;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.app.config.FlagOnly;
import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Examples;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.Logging;
import framebuffer.app.terminal.ProgressLine;
import framebuffer.client.Answer;
import framebuffer.client.WorkFrame;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.trials.bench.rig.Median;
import framebuffer.trials.bench.rig.ServerOptions;
import framebuffer.trials.bench.rig.ServiceProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares the routing strategies. */
@Command(name = "routing", header = "Compares the routing strategies.", mixinStandardHelpOptions = true, description = {
        "Compares the routing strategies: five processors, two of them three times slower, and frames of uneven cost (5 to 35 ms "
                + "on a fast processor). Each strategy has its own service; the strategies take turns.",
        "All five processors together can handle some 180 frames per second."})
@Examples("frame-buffer bench routing")
public final class RoutingBench implements Callable<Integer> {
    private static final int FAST = 3;
    private static final int SLOW = 2;
    private static final int TIMES_SLOWER = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @FlagOnly
    @ValueRange(least = "1", most = "10000")
    @Option(names = "--fps", paramLabel = "N", defaultValue = "140", description = "Frames per second. Default: ${DEFAULT-VALUE}.")
    private double fps;

    @FlagOnly
    @ValueRange(least = "1s", most = "1h")
    @Option(names = "--duration", paramLabel = "TIME", defaultValue = "10s", description = "Length of each round. Default: ${DEFAULT-VALUE}.")
    private Duration duration = Duration.ofSeconds(10);

    @FlagOnly
    @ValueRange(least = "1", most = "100")
    @Option(names = "--rounds", paramLabel = "N", defaultValue = "3", description = "Number of rounds for each strategy. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @FlagOnly
    @ValueRange(least = "1", most = "10000")
    @Option(names = "--cameras", paramLabel = "N", defaultValue = "20", description = "Number of cameras. Default: ${DEFAULT-VALUE}.")
    private int cameras;

    @FlagOnly
    @ValueRange(least = "1", most = "10000")
    @Option(names = "--capacity", paramLabel = "FRAMES", defaultValue = "20", description = "Maximum number of frames in the queue of a processor, waiting or in progress. Default: ${DEFAULT-VALUE}.")
    private int capacity;

    @FlagOnly
    @Option(names = "--json", description = "Prints the figures as JSON.")
    private boolean json;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    /**
     * A round of one strategy.
     *
     * @param throughput frames per second, from the first due time to the last result
     * @param p50 milliseconds from the due time to the visible result
     * @param moved share of frames at another processor than the previous frame of their camera
     */
    private record Figures(double throughput, double p50, double p95, double moved) {
    }

    /** The processor of each camera's last frame, and the number of changes. */
    private static final class Moves {
        private final Map<String, String> last = new ConcurrentHashMap<>();
        private final AtomicLong moved = new AtomicLong();

        void seen(String camera, String processor) {
            String before = last.put(camera, processor);
            if (before != null && !before.equals(processor)) {
                moved.incrementAndGet();
            }
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Logging.onlyErrors();
        ProgressLine progress = json ? ProgressLine.silent() : ProgressLine.on(System.err);
        Map<RoutingStrategy, List<Figures>> all = new EnumMap<>(RoutingStrategy.class);
        for (int round = 1; round <= rounds; round++) {
            for (RoutingStrategy strategy : RoutingStrategy.values()) {
                Figures figures = measure(strategy);
                all.computeIfAbsent(strategy, any -> new ArrayList<>()).add(figures);
                progress.show(String.format(Locale.ROOT, "round %d of %d, %s: p95 %.0f ms", round, rounds,
                        strategy.word(), figures.p95()));
            }
        }
        print(all);
        return 0;
    }

    private Figures measure(RoutingStrategy strategy) throws IOException, InterruptedException {
        Moves moves = new Moves();
        List<Crew.Member> members = new ArrayList<>();
        for (int i = 1; i <= FAST + SLOW; i++) {
            String id = (i <= FAST ? "fast-" : "slow-") + i;
            int times = i <= FAST ? 1 : TIMES_SLOWER;
            members.add(new Crew.Member(id, capacity, 1, frame -> {
                moves.seen(frame.frame().cameraId(), id);
                Thread.sleep(times * cost(frame));
                return Answer.processed("{}");
            }));
        }
        try (ServiceProcess service = ServiceProcess.start(server, Map.of(), "--routing-strategy", strategy.word());
                Crew _ = Crew.start(service, members);
                Flow flow = Flow.start("route", fps, duration, cameras, service.redis())) {
            if (!flow.await(PATIENCE)) {
                throw new CannotRun("frames had no results within " + PATIENCE.toSeconds() + " s");
            }
            long frames = flow.schedule().frames();
            double seconds = (flow.lastResultAt() - flow.schedule().start()) / 1e9;
            return new Figures(frames / seconds, flow.toResult().at(50), flow.toResult().at(95),
                    (double) moves.moved.get() / frames);
        }
    }

    /** Processing time in milliseconds, 5 to 35, the same for a frame in every round. */
    private static long cost(WorkFrame frame) {
        return 5L + Math.floorMod(frame.frame().frameId().hashCode() * 0x9E3779B9, 31);
    }

    private void print(Map<RoutingStrategy, List<Figures>> all) {
        PrintWriter out = spec.commandLine().getOut();
        double p95 = median(all, RoutingStrategy.ROUND_ROBIN, Figures::p95);
        ObjectNode figures = JsonNodeFactory.instance.objectNode().put("fps", fps).put("rounds", rounds);
        if (!json) {
            out.println(String.format(Locale.ROOT, "%n%-14s %10s %8s %8s %18s %8s", "strategy", "frames/s", "p50 ms",
                    "p95 ms", "p95 of round_robin", "moved"));
        }
        for (RoutingStrategy strategy : RoutingStrategy.values()) {
            Figures median = new Figures(median(all, strategy, Figures::throughput),
                    median(all, strategy, Figures::p50), median(all, strategy, Figures::p95),
                    median(all, strategy, Figures::moved));
            figures.putObject(strategy.word()).put("frames_per_second", median.throughput()).put("p50_ms", median.p50())
                    .put("p95_ms", median.p95()).put("p95_of_round_robin", median.p95() / p95)
                    .put("moved", median.moved());
            if (!json) {
                out.println(String.format(Locale.ROOT, "%-14s %10.1f %8.0f %8.0f %18.2f %7.0f%%", strategy.word(),
                        median.throughput(), median.p50(), median.p95(), median.p95() / p95, 100 * median.moved()));
            }
        }
        if (json) {
            out.println(figures);
        } else {
            out.println("moved: frames that another processor got than their camera's frame before");
        }
        out.flush();
    }

    private static double median(Map<RoutingStrategy, List<Figures>> all, RoutingStrategy strategy,
            ToDoubleFunction<Figures> figure) {
        return Median.of(all.getOrDefault(strategy, List.of()), figure);
    }
}
