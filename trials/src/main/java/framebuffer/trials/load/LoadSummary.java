package framebuffer.trials.load;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.trials.load.Latencies.Percentiles;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The result of a load.
 *
 * @param lasted period of due times, shorter than requested after a stop
 * @param account null: the ledger was unreadable
 */
record LoadSummary(Load load, Duration lasted, Sender.Sent sent, ResultCounts.ResultTotals results,
        @Nullable LedgerComparison account) {
    private static final double NANOS = 1e9;

    /** Whether every frame is accounted for. */
    boolean balances() {
        return account != null && account.balances();
    }

    private double sentPerSecond() {
        return perSecond(sent.announced(), sent.nanos());
    }

    private double resultsPerSecond() {
        return perSecond(results.results(), results.nanos());
    }

    /** The last frame counts with a full interval, until the next due time. */
    private double perSecond(long count, long nanos) {
        return Math.round(count * 10 * NANOS / Math.max(1, Math.max(nanos, lasted.toNanos()))) / 10.0;
    }

    private double behindMillis() {
        return Math.round(sent.behindNanos() / 1e3) / 1e3;
    }

    /** Formats the result as one JSON object. */
    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("fps", load.fps()).put("cameras", load.cameras())
                .put("seconds", lasted.toMillis() / 1e3).put("sent", sent.announced()).put("refused", sent.refused())
                .put("unsent", sent.unsent()).put("resent", sent.resent()).put("sent_per_second", sentPerSecond())
                .put("behind_ms_max", behindMillis());
        json.putObject("results").put("success", results.succeeded()).put("error", results.failed())
                .put("repeated", results.repeated()).put("forgotten", results.forgotten())
                .put("per_second", resultsPerSecond());
        json.put("missing", results.missing());
        sent.latency().addTo(json.putObject("announced_ms"));
        results.all().addTo(json.putObject("result_ms"));
        ObjectNode priorities = json.putObject("result_ms_by_priority");
        results.byPriority()
                .forEach((priority, figures) -> figures.addTo(priorities.putObject(Integer.toString(priority))));
        SimulatedProcessors.Kind simulated = load.simulated();
        json.putObject("simulated_processors").put("count", simulated.count())
                .put("processing_ms", simulated.processingTime().toMillis()).put("capacity", simulated.capacity())
                .put("concurrency", simulated.concurrency());
        if (account == null) {
            json.putNull("ledger");
        } else {
            account.addTo(json.putObject("ledger"));
        }
        return json.put("accounted_for", balances());
    }

    /** Prints the result as text. */
    void print(PrintWriter out) {
        out.println();
        out.printf(Locale.ROOT, "Requested  %s frames/s of %d cameras, for %.1f s%n", figure(load.fps()),
                load.cameras(), lasted.toMillis() / 1e3);
        if (load.simulated().count() > 0) {
            out.println("Simulated  " + load.simulated());
        }
        out.println();
        out.println("                    frames       /s");
        out.printf(Locale.ROOT, "  sent          %10d %8.1f   at most %.1f ms behind its schedule%n", sent.announced(),
                sentPerSecond(), behindMillis());
        out.printf(Locale.ROOT, "  results       %10d %8.1f   %d success, %d error%n", results.results(),
                resultsPerSecond(), results.succeeded(), results.failed());
        notes(out);
        out.println();
        out.println("  ms after each was due    frames       p50       p99     p99.9       max");
        row(out, "announced", sent.latency());
        row(out, "result", results.all());
        results.byPriority().forEach((priority, figures) -> row(out, "result, priority " + priority, figures));
        out.println();
        out.println("Ledger   " + (account == null ? "unreadable" : account.line()));
        out.flush();
    }

    private void notes(PrintWriter out) {
        note(out, "missing", results.missing(), "sent, without a result; see the ledger");
        note(out, "repeated", results.repeated(), "results of frames that already had one");
        note(out, "forgotten", results.forgotten(), "results of frames that are no longer tracked");
        note(out, "refused", sent.refused(), "by Redis: " + sent.refusal());
        note(out, "unsent", sent.unsent(), "not accepted by Redis in time");
        note(out, "resent", sent.resent(), "after a broken connection; may be stored twice");
    }

    private static void note(PrintWriter out, String what, long frames, String meaning) {
        if (frames > 0) {
            out.printf(Locale.ROOT, "  %-13s %10d            %s%n", what, frames, meaning);
        }
    }

    private static void row(PrintWriter out, String what, Percentiles figures) {
        out.printf(Locale.ROOT, "  %-20s %10d %9.1f %9.1f %9.1f %9.1f%n", what, figures.count(), figures.p50(),
                figures.p99(), figures.p999(), figures.max());
    }

    private static String figure(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }
}
