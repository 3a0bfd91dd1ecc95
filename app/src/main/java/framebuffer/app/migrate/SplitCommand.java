package framebuffer.app.migrate;

import framebuffer.app.config.FlagOnly;
import framebuffer.app.help.Examples;
import framebuffer.wire.control.TrafficSwitches.SplitBy;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Step 3: sets the share of the frames that this service handles. */
@Command(name = "split", header = "Step 3: sets the share of the frames that this service handles.", mixinStandardHelpOptions = true, description = {
        "Sets the share of the frames that this service handles. It takes effect with the next frame, at all instances.",
        "Exit code 0: it is done. 2: it is not; one line names the reason."})
@Examples({"frame-buffer migrate split 10", "frame-buffer migrate split 50 --by frame"})
final class SplitCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Parameters(paramLabel = "PERCENT", description = "Share of this service, 0 to 100.")
    private int percent;

    @FlagOnly
    @Option(names = "--by", paramLabel = "WHAT", defaultValue = "camera", description = "camera: whole cameras; a camera never flips back and forth while the share grows. frame: exactly this many of any 100 consecutive frames. Default: ${DEFAULT-VALUE}.")
    private String by = "camera";

    @Mixin
    private final MigrationTarget target = new MigrationTarget();

    @Override
    public Integer call() {
        SplitBy what = SplitBy.of(by).orElseThrow(() -> new ParameterException(spec.commandLine(),
                "--by is camera or frame, not " + by));
        target.on(redis -> {
            target.steps(redis).split(percent, what);
            return true;
        });
        PrintWriter out = spec.commandLine().getOut();
        out.println("This service handles " + percent + " % of the " + (what == SplitBy.CAMERA ? "cameras" : "frames")
                + ", the older one the rest.");
        out.flush();
        return 0;
    }
}
