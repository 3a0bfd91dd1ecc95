package framebuffer.app.migrate;

import framebuffer.app.config.FlagOnly;
import framebuffer.app.help.Examples;
import framebuffer.app.terminal.Table;
import framebuffer.migration.steps.MigrationStatus;
import framebuffer.migration.steps.OlderService;
import framebuffer.wire.text.Printable;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows where a migration is, the proof so far, and what is next. */
@Command(name = "status", header = "Shows where the migration is, the proof so far, and what is next.", mixinStandardHelpOptions = true, description = {
        "Shows where the migration is, how many frames went to each service in each step, and what is next.",
        "Exit code 0: no frame was lost. 1: frames were lost, or a step was interrupted; the text names it."})
@Examples({"frame-buffer migrate status", "frame-buffer migrate status --json"})
final class MigrationStatusCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @FlagOnly
    @Option(names = "--json", description = "Prints the status as JSON.")
    private boolean json;

    @Mixin
    private final MigrationTarget target = new MigrationTarget();

    @Override
    public Integer call() {
        MigrationStatus status = target.on(redis -> MigrationStatus.read(redis, target.streams()));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Printable.json(status.json().toString()));
        } else {
            show(status, out);
        }
        out.flush();
        return status.isSound() ? 0 : 1;
    }

    private void show(MigrationStatus status, PrintWriter out) {
        out.println("Now: " + status.stage().meaning()
                + (status.switches().gate()
                        ? " (share " + status.switches().percent() + " %, by "
                                + status.switches().by().word() + ")."
                        : "."));
        out.println("Next: " + status.stage().next());
        out.println();
        Table streams = new Table("READER", "STREAM", "PENDING", "UNREAD");
        row(streams, status.switches().gate() ? "gate" : "shadow", target.streams().keys().produced(),
                status.streams().gate());
        row(streams, "older service", target.streams().keys().produced(), status.streams().olderBefore());
        row(streams, "older service", target.streams().keys().legacy(), status.streams().olderNow());
        row(streams, "this service", target.streams().keys().capture(), status.streams().ours());
        streams.print(out);
        out.println();
        Table steps = new Table("STEP", "ACTION", "BEGUN", "ENDED", "TO THIS SERVICE", "TO THE OLDER");
        status.steps().forEach(step -> steps.row(step.number(), step.action(), step.begun(),
                step.ended() == null ? "interrupted: repeat it" : step.ended(), step.ours(), step.legacy()));
        steps.print(out);
        out.println();
        MigrationStatus.GateCounts counts = status.counts();
        out.println("Since the gate was opened " + counts.passed() + " frames passed it: " + counts.ours()
                + " to this service, " + counts.legacy() + " to the older one.");
        out.println("Lost: " + counts.dropped() + " dropped from the full stream of the older service, "
                + counts.tooLarge() + " too large to be copied, " + counts.trimmed()
                + " trimmed by a producer before the gate took them. Before the gate: " + counts.pendingLost()
                + " trimmed before the older service had finished them.");
    }

    private static void row(Table table, String reader, String stream, Optional<OlderService> group) {
        group.ifPresent(one -> table.row(reader, stream, one.pending(), one.unread()));
    }
}
