package framebuffer.trials.load;

import framebuffer.app.Subcommand;
import framebuffer.app.config.FlagOnly;
import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Essential;
import framebuffer.app.help.Examples;
import framebuffer.app.serve.Tracing;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.LogOptions;
import framebuffer.app.terminal.ProgressLine;
import framebuffer.app.terminal.RedisOptions;
import framebuffer.app.terminal.ServiceOptions;
import framebuffer.app.terminal.StopSignal;
import framebuffer.redis.RedisAddress;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Loads a running service and reports the outcome of every frame. */
@Command(name = "load", header = "Sends frames at a fixed rate, and counts their outcomes.", mixinStandardHelpOptions = true, description = {
        "Sends frames to a running service at a fixed rate, whether or not the service keeps up, and reports the outcome of every frame.",
        "Latencies count from the moment at which a frame was due, so they include time in which no frame could be sent.",
        "Exit code 0: every frame is accounted for. 1: some are lost, unknown, or could not be sent. 2: load could not start."})
@Examples("frame-buffer load --processors 4 --fps 200 --duration 30s")
public final class LoadCommand implements Callable<Integer>, Subcommand {
    /** The capability of frames for simulated processors, so that other processors get none. */
    private static final String OWN_CAPABILITY = "load";

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Essential
    @FlagOnly
    @ValueRange(least = "0.1", most = "100000")
    @Option(names = "--fps", paramLabel = "N", defaultValue = "100", description = "Frames per second, of all cameras together. Default: ${DEFAULT-VALUE}.")
    private double fps;

    @Essential
    @FlagOnly
    @ValueRange(least = "1", most = "1000")
    @Option(names = "--cameras", paramLabel = "N", defaultValue = "10", description = "Number of cameras, named load-1 and so on, which send in turn. Default: ${DEFAULT-VALUE}.")
    private int cameras;

    @Essential
    @FlagOnly
    @ValueRange(least = "100ms", most = "24h")
    @Option(names = "--duration", paramLabel = "TIME", defaultValue = "60s", description = "Length of the run. Default: ${DEFAULT-VALUE}.")
    private Duration duration = Duration.ofSeconds(60);

    @FlagOnly
    @ValueRange(least = "0", most = "10485760")
    @Option(names = "--inline-bytes", paramLabel = "N", defaultValue = "0", description = "Bytes of random data in each frame, instead of a picture. Default: none.")
    private int inlineBytes;

    @FlagOnly
    @Option(names = "--priority-mix", paramLabel = "MIX", defaultValue = "0:80,5:15,10:5", converter = MixReader.class, description = "Priorities, and the percentage of each. Default: ${DEFAULT-VALUE}.")
    private PriorityMix priorities = PriorityMix.parse("0:1");

    @FlagOnly
    @Option(names = "--detect", paramLabel = "NAME", split = ",", description = "Capabilities that each frame needs, separated by commas. Default: any one processor; with simulated processors, load.")
    private List<String> detect = List.of();

    @FlagOnly
    @ValueRange(least = "0s", most = "1h")
    @Option(names = "--wait", paramLabel = "TIME", defaultValue = "30s", description = "How long to wait at the end for frames in flight; 0: does not wait. Default: ${DEFAULT-VALUE}.")
    private Duration wait = Duration.ofSeconds(30);

    @Essential
    @FlagOnly
    @Option(names = "--json", description = "Prints the summary as one JSON object, and no progress.")
    private boolean json;

    @Option(names = "--consumer-group", paramLabel = "NAME", defaultValue = "frame-buffer-v2", description = "The service's consumer group on the capture stream. Default: ${DEFAULT-VALUE}.")
    private String consumerGroup = "frame-buffer-v2";

    @Mixin
    private final ProcessorOptions simulated = new ProcessorOptions();

    @Mixin
    private final ServiceOptions service = new ServiceOptions();

    @Mixin
    private final LogOptions logging = new LogOptions();

    @Mixin
    private final RedisOptions redis = new RedisOptions();

    private static final class MixReader implements ITypeConverter<PriorityMix> {
        @Override
        public PriorityMix convert(String text) {
            return PriorityMix.parse(text);
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        logging.apply();
        Load load = load(simulated.kind());
        LoadRun.Target target = target(redis.givenOrRunning());
        ProgressLine progress = json ? ProgressLine.silent() : ProgressLine.on(System.err);
        try (StopSignal stop = StopSignal.ofJob();
                Tracing tracing = Tracing.fromEnvironment(System.getenv(), "frame-buffer-load");
                SimulatedProcessors _ = SimulatedProcessors.start(load, service, target);
                LoadRun run = LoadRun.start(load, target, tracing)) {
            run.send(stop, progress);
            int code = say(run.finish(wait, stop, progress));
            // Unregistering the processors may take longer than the default time after a stop request.
            stop.done(code);
            return code;
        }
    }

    private int say(LoadSummary summary) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(summary.json());
        } else {
            summary.print(out);
        }
        out.flush();
        return summary.balances() ? 0 : 1;
    }

    private LoadRun.Target target(RedisAddress address) {
        return new LoadRun.Target(address, redis.keyPrefix(), redis.on(address), consumerGroup);
    }

    private Load load(SimulatedProcessors.Kind kind) {
        List<String> capabilities = kind.count() > 0 && detect.isEmpty() ? List.of(OWN_CAPABILITY) : detect;
        try {
            return new Load(fps, cameras, duration, priorities, capabilities, inlineBytes, kind);
        } catch (IllegalArgumentException e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
    }
}
