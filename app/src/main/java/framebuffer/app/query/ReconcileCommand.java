package framebuffer.app.query;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.app.config.FlagOnly;
import framebuffer.app.help.Essential;
import framebuffer.app.help.Examples;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.Table;
import framebuffer.orchestrator.observability.stats.Ledger;
import framebuffer.redis.frames.LedgerReconciliation;
import framebuffer.wire.text.Printable;
import java.io.Console;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Corrects a ledger that does not balance. */
@Command(name = "reconcile", header = "Corrects a ledger that does not balance.", mixinStandardHelpOptions = true, description = {
        "Corrects a ledger that does not balance. Captured frames that have not ended and do not exist count as done or lost, by "
                + "what Redis still knows of them; existing frames that were never captured count as captured. The ledger keeps "
                + "a record of each correction.",
        "Asks before it changes anything. Does not touch the frames themselves.",
        "Exit code 0: the ledger balances now. 1: it still does not, or --dry-run found something to correct."})
@Examples("frame-buffer ledger reconcile --dry-run")
final class ReconcileCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Essential
    @FlagOnly
    @Option(names = "--yes", description = "Corrects without asking.")
    private boolean yes;

    @Essential
    @FlagOnly
    @Option(names = "--dry-run", description = "Only shows the corrections.")
    private boolean dryRun;

    @Mixin
    private final LedgerFigures books = new LedgerFigures();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Ledger before = books.ledger();
        if (before.balanced()) {
            report(out, List.of(), before);
            return 0;
        }
        if (dryRun) {
            report(out, books.settle(LedgerReconciliation.ReconcileDepth.NOBODY), before);
            return 1;
        }
        if (!yes && !agreed(before)) {
            throw new CannotRun(
                    "nothing was changed: use --yes to correct the ledger, or --dry-run to see the corrections");
        }
        List<LedgerReconciliation.Change> changes = books.settle(LedgerReconciliation.ReconcileDepth.OPERATOR);
        Ledger after = books.ledger();
        report(out, changes, after);
        return after.balanced() ? 0 : 1;
    }

    private static boolean agreed(Ledger ledger) {
        String answer = Optional.ofNullable(System.console()).filter(Console::isTerminal)
                .map(console -> console.readLine("%s Correct it? [y/N] ", LedgerCommand.verdict(ledger))).orElse("");
        return answer.strip().equalsIgnoreCase("y") || answer.strip().equalsIgnoreCase("yes");
    }

    private void report(PrintWriter out, List<LedgerReconciliation.Change> changes, Ledger ledger) {
        if (books.isJson()) {
            ObjectNode json = JsonNodeFactory.instance.objectNode().put("balanced", ledger.balanced())
                    .put("dry_run", dryRun);
            ArrayNode list = json.putArray("changes");
            changes.forEach(one -> list.addObject().put("stream", one.stream()).put("processor_id", one.processor())
                    .put("counted_as", one.what().word()).put("frames", one.frames()));
            out.println(Printable.json(json.toString()));
        } else {
            if (!changes.isEmpty()) {
                Table table = new Table("STREAM", "PROCESSOR", dryRun ? "WOULD COUNT AS" : "COUNTED AS", "FRAMES");
                changes.forEach(one -> table.row(one.stream(), one.processor(), one.what().word(), one.frames()));
                table.print(out);
                out.println();
            }
            out.println(LedgerCommand.verdict(ledger));
        }
        out.flush();
    }
}
