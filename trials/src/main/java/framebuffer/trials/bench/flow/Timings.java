package framebuffer.trials.bench.flow;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * How long something took, each time counted from when it was due: a pause of whoever measures is in the figures of all that fell into it
 * (coordinated omission). For any thread.
 */
final class Timings {
    private static final long LONGEST_MICROS = 600_000_000;
    private final Histogram micros = new ConcurrentHistogram(LONGEST_MICROS, 3);

    void took(long nanos) {
        micros.recordValue(Math.clamp(nanos / 1_000, 0, LONGEST_MICROS));
    }

    long count() {
        return micros.getTotalCount();
    }

    /** In milliseconds; 0 when there was none. */
    double at(double percentile) {
        return count() == 0 ? 0 : micros.getValueAtPercentile(percentile) / 1e3;
    }

    void addTo(ObjectNode json) {
        json.put("count", count()).put("p50_ms", at(50)).put("p90_ms", at(90)).put("p99_ms", at(99))
                .put("p99_9_ms", at(99.9)).put("p99_99_ms", at(99.99)).put("max_ms", at(100));
    }

    /** One row of a table, as {@link #HEAD} names it. */
    String row() {
        return String.format(Locale.ROOT, "%9.2f %9.2f %9.2f %9.2f %9.2f %9.2f", at(50), at(90), at(99), at(99.9),
                at(99.99), at(100));
    }

    static final String HEAD = "      p50       p90       p99     p99.9    p99.99       max";
}
