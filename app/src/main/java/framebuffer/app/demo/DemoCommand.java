package framebuffer.app.demo;

import framebuffer.app.camera.PixelOptions;
import framebuffer.app.config.FlagOnly;
import framebuffer.app.config.ValueRange;
import framebuffer.app.demo.MigrationDemo.MigrationDemoScript;
import framebuffer.app.help.Essential;
import framebuffer.app.help.Examples;
import framebuffer.app.serve.ServeOptions;
import framebuffer.app.terminal.ProgressLine;
import framebuffer.app.terminal.StopSignal;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the demo and prints its summary. */
@Command(name = "demo", header = "Plays a real clip on four cameras with four detectors.", mixinStandardHelpOptions = true, description = {
        "Plays a real surveillance clip on four cameras, and analyses it with four detectors of three kinds.",
        "With --migration it plays the whole move from an older, polling service in two minutes, and proves each step.",
        "Ends with a summary. Exit code 0: every frame is accounted for. 1: a frame is not."})
@Examples({"frame-buffer demo --duration 30s", "frame-buffer demo --cameras 2 --save pictures",
        "frame-buffer demo --migration"})
public final class DemoCommand implements Callable<Integer> {
    private static final Duration STOP_WITHIN = Duration.ofSeconds(10);

    @Essential
    @Option(names = "--duration", paramLabel = "TIME", description = "How long the cameras play, for example 30s. Default: until Ctrl-C.")
    private @Nullable Duration duration;

    @Essential
    @ValueRange(least = "0.01", most = "120")
    @Option(names = "--fps", paramLabel = "N", defaultValue = "1", description = "Frames per second of each camera. Default: ${DEFAULT-VALUE}, which two cores can handle.")
    private double fps;

    @Essential
    @ValueRange(least = "1", most = "64")
    @Option(names = "--cameras", paramLabel = "N", defaultValue = "4", description = "Number of cameras. Default: ${DEFAULT-VALUE}.")
    private int cameras;

    @Essential
    @Option(names = "--save", paramLabel = "DIR", description = "Folder for annotated pictures; keeps the newest 200.")
    private @Nullable Path save;

    @Essential
    @FlagOnly
    @Option(names = "--json", description = "Prints the summary as one JSON object, and no progress.")
    private boolean json;

    @Mixin
    private final PixelOptions pixels = new PixelOptions();

    @Mixin
    private final ServeOptions options = new ServeOptions();

    @Override
    public Integer call() throws InterruptedException {
        options.log().apply();
        options.redis().prepareVideo();
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        DemoProgress progress = new DemoProgress(json ? ProgressLine.silent() : ProgressLine.on(System.err));
        DemoSummary summary;
        try (StopSignal stop = new StopSignal();
                Demo demo = Demo.start(new Demo.DemoParts(cameras, fps, pixels.retention(), save), options)) {
            // The embedded service needs time for a graceful shutdown.
            stop.within(STOP_WITHIN);
            progress.ready(demo.url());
            if (options.takesPartInMigration()) {
                return playMigration(demo, stop, out);
            }
            demo.play(duration, stop, progress);
            summary = demo.finish(progress);
        }
        if (json) {
            out.println(summary.json());
        } else {
            summary.print(out);
        }
        return summary.balanced() ? 0 : 1;
    }

    private int playMigration(Demo demo, StopSignal stop, PrintWriter out) throws InterruptedException {
        Duration each = MigrationDemoScript.each(duration == null ? Duration.ofMinutes(2) : duration);
        try (MigrationDemo move = new MigrationDemo(demo, options.gateStreams(),
                new MigrationDemoScript(out, stop, each))) {
            return move.play(options.redis().dataDir().resolve("migration-archive.json")) ? 0 : 1;
        }
    }
}
