package framebuffer.app.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.observability.stats.Ledger;
import framebuffer.orchestrator.observability.stats.Ledger.LedgerCounts;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The outcome of a demo: how many frames ended in which way.
 *
 * @param before the ledger at the start; frames that an earlier run left in flight count as captured by this run
 * @param ledger the ledger at the end
 * @param heldBack pictures that the cameras did not send because detectors were full
 */
record DemoSummary(Ledger before, Ledger ledger, ResultCollector.CapabilityResults results, long heldBack) {

    /** The counts since the start: frames captured = frames ended + frames in flight. */
    static LedgerCounts since(LedgerCounts before, LedgerCounts now) {
        Map<String, Long> shed = new TreeMap<>(now.shed());
        before.shed().forEach((reason, frames) -> shed.merge(reason, -frames, Long::sum));
        return new LedgerCounts(now.captured() - before.captured() + before.inFlight(), now.done() - before.done(),
                shed, now.dead() - before.dead(), now.lost() - before.lost());
    }

    private LedgerCounts total() {
        return since(before.total(), ledger.total());
    }

    private LedgerCounts of(Ledger.CameraCounts camera) {
        return before.cameras().stream().filter(earlier -> earlier.cameraId().equals(camera.cameraId())).findAny()
                .map(earlier -> since(earlier.counts(), camera.counts())).orElse(camera.counts());
    }

    /** Whether every frame is accounted for. */
    boolean balanced() {
        return ledger.balanced();
    }

    private long shed() {
        return total().shed().values().stream().mapToLong(Long::longValue).sum();
    }

    /** Formats the summary as one JSON object. */
    ObjectNode json() {
        LedgerCounts total = total();
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("captured", total.captured())
                .put("done", total.done()).put("shed", shed()).put("dead", total.dead())
                .put("in_flight", total.inFlight()).put("lost", total.lost())
                .put("ledger_balanced", ledger.balanced()).put("held_back", heldBack);
        ObjectNode perCapability = json.putObject("results");
        results.perCapability().forEach((capability, found) -> perCapability.putObject(capability)
                .put("frames", found.frames()).put("objects", found.objects()));
        json.putObject("end_to_end_ms").put("p50", results.p50()).put("p99", results.p99());
        return json;
    }

    /** Prints the summary as text. */
    void print(PrintWriter out) {
        out.println();
        out.println("Cameras            captured     done");
        ledger.cameras().forEach(camera -> out.printf(Locale.ROOT, "  %-16s %8d %8d%n", camera.cameraId(),
                of(camera).captured(), of(camera).done()));
        if (heldBack > 0) {
            out.printf(Locale.ROOT, "While detectors were full, the cameras sent fewer pictures: they held back %d.%n",
                    heldBack);
        }
        out.println();
        out.println("Found              pictures  objects");
        results.perCapability().forEach((capability, found) -> out.printf(Locale.ROOT, "  %-16s %8d %8d%n", capability,
                found.frames(), found.objects()));
        out.println();
        out.printf(Locale.ROOT, "From capture to result   p50 %d ms, p99 %d ms%n", results.p50(), results.p99());
        LedgerCounts total = total();
        out.printf(Locale.ROOT, "Ledger   %d captured = %d done + %d shed + %d dead + %d lost + %d in flight: %s%n",
                total.captured(), total.done(), shed(), total.dead(), total.lost(), total.inFlight(),
                ledger.balanced() ? "it balances" : "IT DOES NOT BALANCE");
        out.flush();
    }
}
