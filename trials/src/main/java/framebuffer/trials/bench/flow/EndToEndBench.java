package framebuffer.trials.bench.flow;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import framebuffer.app.config.FlagOnly;
import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Examples;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.Logging;
import framebuffer.app.terminal.ProgressLine;
import framebuffer.client.Answer;
import framebuffer.client.FrameHandler;
import framebuffer.redis.RedisConnection;
import framebuffer.trials.bench.rig.BenchRedis;
import framebuffer.trials.bench.rig.ServerOptions;
import framebuffer.trials.bench.rig.ServiceProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the latency of frames and the highest sustainable rate. */
@Command(name = "end-to-end", header = "Measures how long frames take from capture to result.", mixinStandardHelpOptions = true, description = {
        "Measures how long frames take from capture to a handler that does nothing, and to the visible result, compared with one raw "
                + "step through the same Redis at the same time.",
        "The service is a separate process; cameras, processors and the reader of the results share another. Times count from the "
                + "moment at which a frame was due, whatever happened to earlier frames.",
        "With --fps max it searches for the highest rate at which the number of frames in flight does not grow.",
        "Exit code 0: every frame has its result. 1: some had none within 60 s."})
@Examples("frame-buffer bench end-to-end")
public final class EndToEndBench implements Callable<Integer> {
    private static final OperatingSystemMXBean SYSTEM = (OperatingSystemMXBean) ManagementFactory
            .getOperatingSystemMXBean();
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int HOPS_A_SECOND = 200;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @FlagOnly
    @Option(names = "--fps", paramLabel = "N|max", defaultValue = "1000", converter = Rate.Reader.class, description = "Frames per second, of all cameras together; max: the highest sustainable rate. Default: ${DEFAULT-VALUE}.")
    private Rate rate = new Rate(1_000);

    @FlagOnly
    @ValueRange(least = "1s", most = "1h")
    @Option(names = "--duration", paramLabel = "TIME", defaultValue = "30s", description = "Length of the measurement, after 5 s that do not count. Default: ${DEFAULT-VALUE}.")
    private Duration duration = Duration.ofSeconds(30);

    @FlagOnly
    @ValueRange(least = "1", most = "1000")
    @Option(names = "--processors", paramLabel = "N", defaultValue = "50", description = "Number of processors. Default: ${DEFAULT-VALUE}.")
    private int processors;

    @FlagOnly
    @ValueRange(least = "1", most = "10000")
    @Option(names = "--cameras", paramLabel = "N", defaultValue = "20", description = "Number of cameras. Default: ${DEFAULT-VALUE}.")
    private int cameras;

    @FlagOnly
    @Option(names = "--json", description = "Prints the figures as JSON.")
    private boolean json;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    private final AtomicReference<@Nullable Flow> flow = new AtomicReference<>();
    private int flows;

    /** CPU time used so far, in seconds. */
    private record Used(double service, double redis, double here) {
        static Used now(ServiceProcess service, RedisConnection look) {
            return new Used(service.cpuSeconds(), BenchRedis.cpuSeconds(look), SYSTEM.getProcessCpuTime() / 1e9);
        }

        /** CPU time per frame since then, in microseconds. */
        Used since(Used before, long frames) {
            return new Used((service - before.service) * 1e6 / frames, (redis - before.redis) * 1e6 / frames,
                    (here - before.here) * 1e6 / frames);
        }
    }

    /** The measurement of one rate. */
    private record Measured(double fps, long frames, Timings toHandler, Timings toResult, Timings hop, Used used,
            boolean complete, boolean sustained) {
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Logging.onlyErrors();
        ProgressLine progress = json ? ProgressLine.silent() : ProgressLine.on(System.err);
        FrameHandler handler = frame -> {
            Flow now = flow.get();
            if (now != null) {
                now.handled(frame);
            }
            return Answer.processed("{}");
        };
        List<Crew.Member> members = IntStream.rangeClosed(1, processors)
                .mapToObj(i -> new Crew.Member("bench-" + i, 100, 8, handler)).toList();
        Measured measured;
        try (ServiceProcess service = ServiceProcess.start(server, Map.of());
                RedisConnection look = RedisConnection.open(service.redis());
                Crew _ = Crew.start(service, members)) {
            progress.show(processors + " processors are registered; warming up for " + WARM_UP.toSeconds() + " s");
            measure(service, look, rate.isMax() ? 1_000 : rate.fps(), WARM_UP);
            measured = rate.isMax() ? highest(service, look, progress) : measure(service, look, rate.fps(), duration);
        }
        print(measured);
        return measured.complete() ? 0 : 1;
    }

    private Measured measure(ServiceProcess service, RedisConnection look, double fps, Duration time)
            throws InterruptedException {
        try (RawHop hop = RawHop.start(HOPS_A_SECOND, time, service.redis());
                Flow now = Flow.start("flow" + flows++, fps, time, cameras, service.redis())) {
            flow.set(now);
            Used before = Used.now(service, look);
            boolean complete = now.await(PATIENCE);
            Used used = Used.now(service, look).since(before, now.schedule().frames());
            return new Measured(fps, now.schedule().frames(), now.toHandler(), now.toResult(), hop.timings(), used,
                    complete, now.isSustained());
        } finally {
            flow.set(null);
        }
    }

    /** Searches in large steps, then in smaller ones, then measures for the whole time. */
    private Measured highest(ServiceProcess service, RedisConnection look, ProgressLine progress)
            throws InterruptedException {
        double good = 0;
        double bad = 2 * Rate.MOST;
        double fps = 1_000;
        while (good == 0 ? fps >= 1 : bad / good > 1.08 && fps <= Rate.MOST) {
            Measured tried = measure(service, look, fps, Duration.ofSeconds(5));
            progress.show(String.format(Locale.ROOT, "%,.0f frames/s: %s", fps,
                    tried.sustained() ? "sustained" : "too many"));
            if (!tried.complete()) {
                throw new CannotRun("frames had no results within " + PATIENCE.toSeconds() + " s after a try with "
                        + Math.round(fps) + " frames/s");
            }
            good = tried.sustained() ? fps : good;
            bad = tried.sustained() ? bad : fps;
            fps = bad <= Rate.MOST ? good == 0 ? fps / 2 : Math.sqrt(good * bad) : fps * 1.6;
        }
        Measured last = measure(service, look, good, duration);
        while (!last.sustained() && last.fps() > 1) {
            progress.show(String.format(Locale.ROOT, "%,.0f frames/s: not for %d s", last.fps(), duration.toSeconds()));
            last = measure(service, look, last.fps() * 0.93, duration);
        }
        return last;
    }

    private void print(Measured measured) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            ObjectNode figures = JsonNodeFactory.instance.objectNode().put("fps", Math.round(measured.fps()))
                    .put("frames", measured.frames()).put("results", measured.toResult().count())
                    .put("sustained", measured.sustained());
            measured.hop().addTo(figures.putObject("raw_hop"));
            measured.toHandler().addTo(figures.putObject("capture_to_handler"));
            measured.toResult().addTo(figures.putObject("capture_to_result"));
            figures.putObject("cpu_us_per_frame").put("service", measured.used().service())
                    .put("redis", measured.used().redis()).put("clients", measured.used().here());
            out.println(figures);
        } else {
            out.printf(Locale.ROOT, "%,.0f frames/s of %d cameras to %d processors, on %s%n", measured.fps(), cameras,
                    processors, server);
            out.println("milliseconds          " + Timings.HEAD);
            out.println("raw hop               " + measured.hop().row());
            out.println("capture to handler    " + measured.toHandler().row());
            out.println("capture to result seen" + measured.toResult().row());
            out.printf(Locale.ROOT,
                    "capture to handler is %.1f times the raw hop at p50, %.1f times at p99%n"
                            + "a frame: %.0f µs of the service's CPU, %.0f of Redis's, %.0f of cameras and processors%n",
                    measured.toHandler().at(50) / measured.hop().at(50),
                    measured.toHandler().at(99) / measured.hop().at(99), measured.used().service(),
                    measured.used().redis(), measured.used().here());
            if (!measured.sustained()) {
                out.println("The number of frames in flight kept growing: this machine cannot sustain that rate.");
            }
            if (!measured.complete()) {
                out.printf(Locale.ROOT, "%,d of %,d frames had no result within 60 s.%n",
                        measured.frames() - measured.toResult().count(), measured.frames());
            }
        }
        out.flush();
    }
}
