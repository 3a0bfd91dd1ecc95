package framebuffer.trials.bench.flow;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Latencies counted from the due time, so that a pause of the measuring process counts for all frames in it (coordinated omission).
 * Thread-safe.
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

    /** The percentile in milliseconds; 0: no values. */
    double at(double percentile) {
        return count() == 0 ? 0 : micros.getValueAtPercentile(percentile) / 1e3;
    }

    void addTo(ObjectNode json) {
        json.put("count", count()).put("p50_ms", at(50)).put("p90_ms", at(90)).put("p99_ms", at(99))
                .put("p99_9_ms", at(99.9)).put("p99_99_ms", at(99.99)).put("max_ms", at(100));
    }

    /** One row of a table with the columns of {@link #HEAD}. */
    String row() {
        return String.format(Locale.ROOT, "%9.2f %9.2f %9.2f %9.2f %9.2f %9.2f", at(50), at(90), at(99), at(99.9),
                at(99.99), at(100));
    }

    static final String HEAD = "      p50       p90       p99     p99.9    p99.99       max";
}
