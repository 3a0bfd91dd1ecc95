package framebuffer.trials.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Examples;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.ProgressLine;
import framebuffer.trials.bench.rig.Median;
import framebuffer.trials.bench.rig.ServerOptions;
import framebuffer.trials.bench.rig.ServiceProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the cost of tracing every frame. */
@Command(name = "tracing", header = "Measures what it costs to export the spans of every frame.", mixinStandardHelpOptions = true, description = {
        "Measures what it costs the service to export the spans of every frame over OTLP, compared with exporting none.",
        "Two services, each in a separate process, get the same load in turn. Each figure is the median over all rounds, after one",
        "that does not count. Only the CPU time of the service counts: not that of Redis, the load or the receiver."})
@Examples("frame-buffer bench tracing")
final class TracingBench implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @ValueRange(least = "1", most = "100000")
    @Option(names = "--fps", paramLabel = "N", defaultValue = "1000", description = "Frames per second. Default: ${DEFAULT-VALUE}.")
    private int fps;

    @ValueRange(least = "1s", most = "10m")
    @Option(names = "--duration", paramLabel = "TIME", defaultValue = "10s", description = "Length of each load. Default: ${DEFAULT-VALUE}.")
    private Duration duration = Duration.ofSeconds(10);

    @ValueRange(least = "1", most = "1000")
    @Option(names = "--rounds", paramLabel = "N", defaultValue = "7", description = "Number of rounds. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--json", description = "Prints the figures as JSON, and no progress.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        ProgressLine progress = json ? ProgressLine.silent() : ProgressLine.on(System.err);
        double[] without = new double[rounds];
        double[] with = new double[rounds];
        try (SpanSink sink = new SpanSink();
                ServiceProcess plain = ServiceProcess.start(server, Map.of());
                ServiceProcess traced = ServiceProcess.start(server,
                        Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", sink.url()))) {
            for (int round = -1; round < rounds; round++) {
                double off = micros(plain.load(fps, duration));
                double on = micros(traced.load(fps, duration));
                progress.show(String.format(Locale.ROOT, "%s %5.1f µs a frame without, %5.1f µs with",
                        round < 0 ? "warm-up:" : "round " + (round + 1) + ":", off, on));
                if (round >= 0) {
                    without[round] = off;
                    with[round] = on;
                }
            }
            if (sink.bytes() == 0) {
                throw new CannotRun("no span arrived: nothing was measured");
            }
        }
        print(out, Median.of(Arrays.stream(without)), Median.of(Arrays.stream(with)));
        return 0;
    }

    private void print(PrintWriter out, double without, double with) {
        if (json) {
            ObjectNode figures = JsonNodeFactory.instance.objectNode().put("fps", fps).put("rounds", rounds)
                    .put("cpu_us_per_frame_untraced", without).put("cpu_us_per_frame_traced", with)
                    .put("ratio", with / without);
            out.println(figures);
        } else {
            out.printf(Locale.ROOT, "%n%.1f µs of processor time a frame without tracing, %.1f µs with: %.2f times%n",
                    without, with, with / without);
        }
        out.flush();
    }

    private double micros(double seconds) {
        return seconds * 1e9 / fps / duration.toMillis();
    }
}
