package framebuffer.app.migrate;

import framebuffer.app.help.Examples;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Step 1: records what this service would do with each frame. */
@Command(name = "shadow", header = "Step 1: records what this service would do with each frame.", mixinStandardHelpOptions = true, description = {
        "Begins or ends to record what this service would do with each frame, in the stream frames:shadow. The older service handles all frames.",
        "Exit code 0: it is done. 2: it is not; one line names the reason."})
@Examples("frame-buffer migrate shadow on")
final class ShadowCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Parameters(paramLabel = "STATE", description = "on or off.")
    private OnOff state = OnOff.off;

    @Mixin
    private final MigrationTarget target = new MigrationTarget();

    @Override
    public Integer call() {
        target.on(redis -> {
            target.steps(redis).shadow(state == OnOff.on);
            return true;
        });
        PrintWriter out = spec.commandLine().getOut();
        out.println(state == OnOff.on
                ? "This service records what it would do with each frame. The older service handles all of them."
                : "This service records nothing. The older service handles all frames.");
        out.flush();
        return 0;
    }
}
