package framebuffer.trials.bench;

import framebuffer.app.Subcommand;
import framebuffer.trials.bench.flow.EndToEndBench;
import framebuffer.trials.bench.flow.HandoverBench;
import framebuffer.trials.bench.flow.PayloadBench;
import framebuffer.trials.bench.flow.RoutingBench;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs measurements on a temporary Redis. */
@Command(name = "bench", mixinStandardHelpOptions = true, subcommands = {HandOffBench.class, EndToEndBench.class,
        RoutingBench.class, ScaleBench.class, PayloadBench.class, HandoverBench.class, TracingBench.class,
        RoomBench.class}, synopsisSubcommandLabel = "COMMAND", description = "Measures this machine with a temporary Redis.")
public final class BenchCommand implements Runnable, Subcommand {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "No measurement given. Try: frame-buffer bench handoff");
    }
}
