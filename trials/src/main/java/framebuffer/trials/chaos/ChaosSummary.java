package framebuffer.trials.chaos;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.trials.chaos.check.CheckResult;
import framebuffer.trials.chaos.check.Violation;
import framebuffer.trials.chaos.faults.FaultKind;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The result of a run.
 *
 * @param rested time until all frames had ended
 * @param highest maximum number of outstanding frames in a queue
 * @param history faults and observations
 */
record ChaosSummary(Chaos chaos, Duration rested, long highest, List<History.Event> history, CheckResult verdict) {
    ChaosSummary {
        history = List.copyOf(history);
    }

    private double perSecond() {
        return Math.round(verdict.tally().told() * 10_000.0 / Math.max(1, chaos.duration().toMillis())) / 10.0;
    }

    private Map<FaultKind, Long> faults() {
        return new EnumMap<>(chaos.plan().counts());
    }

    /** Formats the result as one JSON object. */
    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("passed", verdict.passed())
                .put("seed", chaos.seed()).put("again", chaos.again()).put("seconds", chaos.duration().toMillis() / 1e3)
                .put("appendfsync", chaos.appendfsync().word()).put("rested_after_seconds", rested.toMillis() / 1e3);
        json.putObject("frames").put("sent", verdict.tally().sent()).put("stored", verdict.tally().told())
                .put("unknown", verdict.tally().unknown()).put("refused", verdict.tally().refused())
                .put("done", verdict.ends().done()).put("shed", verdict.ends().shed())
                .put("dead", verdict.ends().dead())
                .put("forgotten", verdict.ends().forgotten()).put("again", verdict.ends().again())
                .put("stored_per_second", perSecond());
        json.put("outstanding_max", highest);
        ObjectNode faults = json.putObject("faults");
        faults().forEach((kind, count) -> faults.put(kind.word(), count));
        ObjectNode counts = json.putObject("offences");
        verdict.counts().forEach((kind, count) -> counts.put(word(kind), count));
        ArrayNode frames = json.putArray("offending_frames");
        verdict.offences().forEach(offence -> frames.addObject().put("offence", word(offence.kind()))
                .put("story", offence.story().toString()));
        ArrayNode problems = json.putArray("problems");
        verdict.problems().forEach(problems::add);
        ArrayNode events = json.putArray("history");
        history.forEach(event -> events.addObject().put("at", event.at().toMillis() / 1e3).put("what", event.what()));
        return json;
    }

    private static String word(Violation.ViolationType kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    /** Prints the result as text. */
    void print(PrintWriter out) {
        out.println();
        out.println("Faults and observations");
        history.forEach(event -> out.println("  " + event));
        out.println();
        Map<FaultKind, Long> faults = faults();
        out.println("Faults   " + faults.values().stream().mapToLong(Long::longValue).sum());
        faults.forEach((kind, count) -> out.printf(Locale.ROOT, "  %-18s %5d%n", kind.word(), count));
        out.println();
        out.printf(Locale.ROOT, "Frames   %d stored (%.1f a second), %d refused, %d without an answer%n",
                verdict.tally().told(), perSecond(), verdict.tally().refused(), verdict.tally().unknown());
        out.printf(Locale.ROOT, "         %d done, %d shed, %d dead; at most %d outstanding in a queue%n",
                verdict.ends().done(),
                verdict.ends().shed(), verdict.ends().dead(), highest);
        if (verdict.ends().forgotten() > 0) {
            out.println("         " + verdict.ends().forgotten()
                    + " lost by Redis: it was emptied, killed, or a replica"
                    + " took its place");
        }
        if (verdict.ends().again() > 0) {
            out.println(
                    "         " + verdict.ends().again()
                            + " that ended again, by a foreign processor or after it,"
                            + " which answers frames that it no longer owns");
        }
        out.printf(Locale.ROOT, "         all ended %.1f s after the last was sent%n", rested.toMillis() / 1e3);
        out.println();
        verdict.counts().forEach((kind, count) -> out.println("WRONG    " + count + ": " + kind.meaning()));
        verdict.offences().forEach(offence -> out.println("         " + word(offence.kind()) + ": " + offence.story()));
        verdict.problems().forEach(problem -> out.println("WRONG    " + problem));
        out.println(verdict.passed() ? "Every frame ended as promised." : "PROMISES WERE BROKEN.");
        out.println("Again    " + chaos.again());
        out.flush();
    }
}
