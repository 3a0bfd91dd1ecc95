package framebuffer.trials.bench;

import framebuffer.app.Subcommand;
import framebuffer.app.help.Examples;
import framebuffer.trials.bench.cameras.CamerasBench;
import framebuffer.trials.bench.cameras.VideoServerCommand;
import framebuffer.trials.bench.flow.EndToEndBench;
import framebuffer.trials.bench.flow.HandoverBench;
import framebuffer.trials.bench.flow.PayloadBench;
import framebuffer.trials.bench.flow.RoutingBench;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs measurements on a temporary Redis. */
@Command(name = "bench", header = "Measures this machine.", mixinStandardHelpOptions = true, subcommands = {
        HandOffBench.class, EndToEndBench.class,
        RoutingBench.class, ScaleBench.class, PayloadBench.class, HandoverBench.class, TracingBench.class,
        RoomBench.class, CamerasBench.class,
        VideoServerCommand.class}, synopsisSubcommandLabel = "COMMAND", description = "Measures this machine with a temporary Redis.")
@Examples("frame-buffer bench handoff")
public final class BenchCommand implements Runnable, Subcommand {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "No measurement given. Try: frame-buffer bench handoff");
    }
}
