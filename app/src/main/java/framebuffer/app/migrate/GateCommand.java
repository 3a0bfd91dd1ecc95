package framebuffer.app.migrate;

import framebuffer.app.config.FlagOnly;
import framebuffer.app.help.Examples;
import framebuffer.migration.steps.MigrationSteps;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Step 2: puts this service in front of the older one, or takes it away. */
@Command(name = "gate", header = "Step 2: puts this service in front of the older one.", mixinStandardHelpOptions = true, description = {
        "on: set the stream of the older service to frames:capture:legacy and restart it; then this command puts the gate in front of it. The gate begins exactly where the older service stopped, and gives it what it held. All frames still go to the older service.",
        "off: takes the gate away. Then set the stream of the older service back to frames:capture, restart it, and repeat the command: it gives back the frames that wait in frames:capture:legacy.",
        "Exit code 0: it is done. 1: one part is left; the text names it. 2: it is not done; one line names the reason."})
@Examples({"frame-buffer migrate gate on", "frame-buffer migrate gate off"})
final class GateCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Parameters(paramLabel = "STATE", description = "on or off.")
    private OnOff state = OnOff.off;

    @FlagOnly
    @Option(names = "--force", description = "Does not check which stream the older service reads.")
    private boolean force;

    @Mixin
    private final MigrationTarget target = new MigrationTarget();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        boolean wasOn = target.on(redis -> {
            MigrationSteps steps = target.steps(redis);
            boolean before = steps.switches().gate();
            if (state == OnOff.on) {
                steps.openGate(force);
            } else if (before) {
                steps.closeGate();
            } else {
                steps.giveBack(force);
            }
            return before;
        });
        String legacy = target.streams().keys().legacy();
        if (state == OnOff.on) {
            out.println("The gate is on: all frames pass it, and go to the older service in " + legacy + ".");
        } else if (wasOn) {
            out.println("The gate is off. Set the stream of the older service to " + target.streams().keys().produced()
                    + ", restart it, and repeat this command: it gives back the frames that wait in " + legacy + ".");
        } else {
            out.println(
                    "The older service reads " + target.streams().keys().produced() + " again, and nothing waits in "
                            + legacy + ".");
        }
        out.flush();
        return state == OnOff.off && wasOn ? 1 : 0;
    }
}
