package framebuffer.app.migrate;

import framebuffer.app.help.Examples;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Replaces an older, polling service step by step. */
@Command(name = "migrate", header = "Replaces an older, polling service step by step.", mixinStandardHelpOptions = true, subcommands = {
        MigrationStatusCommand.class, ShadowCommand.class, ReportCommand.class, GateCommand.class,
        SplitCommand.class, DecommissionCommand.class, RollbackCommand.class, SplitProxyCommand.class,
        StandInCommand.class}, description = {
                "Replaces an older service that reads the same capture stream, one step at a time. Each step can be taken back, and none loses a frame.",
                "Start this service with --migration first. docs/migration.md leads through the steps."})
@Examples({"frame-buffer migrate status", "frame-buffer migrate split 10"})
public final class MigrateCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    /** Without a step it shows what there is. */
    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
