package framebuffer.app.query;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.app.help.Examples;
import framebuffer.app.terminal.Table;
import framebuffer.orchestrator.observability.stats.Ledger;
import framebuffer.orchestrator.observability.stats.Ledger.LedgerCounts;
import framebuffer.redis.frames.LedgerReconciliation;
import framebuffer.wire.text.Printable;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows the ledger. */
@Command(name = "ledger", header = "Shows the outcome of every frame, by camera.", mixinStandardHelpOptions = true, subcommands = ReconcileCommand.class, description = {
        "Shows the ledger: the outcome of every captured frame, by camera, and the corrections made because other programs removed frames from Redis.",
        "Reads the ledger from Redis, whether a service runs or not.",
        "Exit code 0: the ledger balances. 1: it does not; a running service corrects it within a second, and ledger reconcile corrects it by hand."})
@Examples({"frame-buffer ledger", "frame-buffer ledger --redis-url redis://localhost:6379 --json"})
public final class LedgerCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Mixin
    private final LedgerFigures books = new LedgerFigures();

    @Override
    public Integer call() {
        Ledger ledger = books.ledger();
        List<LedgerReconciliation.RecordedChange> changes = books.changes();
        PrintWriter out = spec.commandLine().getOut();
        if (books.isJson()) {
            ObjectNode json = ledger.json();
            ArrayNode list = json.putArray("changes");
            changes.forEach(kept -> list.addObject().put("at", kept.at().toString()).put("by", kept.by())
                    .put("stream", kept.change().stream()).put("processor_id", kept.change().processor())
                    .put("counted_as", kept.change().what().word()).put("frames", kept.change().frames()));
            out.println(Printable.json(json.toString()));
        } else {
            show(ledger, changes, out);
        }
        out.flush();
        return ledger.balanced() ? 0 : 1;
    }

    private static void show(Ledger ledger, List<LedgerReconciliation.RecordedChange> changes, PrintWriter out) {
        Table table = new Table("CAMERA", "CAPTURED", "DONE", "SHED", "DEAD", "LOST", "IN FLIGHT");
        ledger.cameras().forEach(camera -> row(table, camera.cameraId(), camera.counts(), camera.counts().inFlight()));
        row(table, "all", ledger.total(), ledger.inFlight());
        table.print(out);
        out.println();
        out.println(verdict(ledger));
        if (!changes.isEmpty()) {
            out.println();
            out.println("Corrections, because other programs removed frames from Redis or added some:");
            Table kept = new Table("AT", "BY", "STREAM", "PROCESSOR", "COUNTED AS", "FRAMES");
            changes.forEach(one -> kept.row(one.at(), one.by(), one.change().stream(), one.change().processor(),
                    one.change().what().word(), one.change().frames()));
            kept.print(out);
        }
    }

    /** One line that says whether the ledger balances. */
    static String verdict(Ledger ledger) {
        return ledger.balanced()
                ? "The ledger balances."
                : "The ledger does not balance: " + ledger.total().inFlight() + " captured frames have not ended, but "
                        + ledger.inFlight() + " are in flight.";
    }

    private static void row(Table table, String camera, LedgerCounts counts, long inFlight) {
        table.row(camera, counts.captured(), counts.done(), counts.shed().values().stream().mapToLong(n -> n).sum(),
                counts.dead(), counts.lost(), inFlight);
    }
}
