package framebuffer.trials.load;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.HdrHistogram.Histogram;

/** Latencies from the due time. For one thread at a time. */
final class Latencies {
    /** The maximum; longer times count as one hour. */
    private static final long LONGEST_MICROS = 3_600_000_000L;
    private static final int DIGITS = 3;
    private static final double MICROS = 1e3;

    private final Histogram micros = new Histogram(LONGEST_MICROS, DIGITS);

    /**
     * Percentiles, exact to three digits.
     *
     * @param count number of values
     * @param p50 in milliseconds, like the others; 0: no values
     * @param p999 the 99.9th percentile
     */
    record Percentiles(long count, double p50, double p99, double p999, double max) {

        ObjectNode addTo(ObjectNode json) {
            return json.put("count", count).put("p50", p50).put("p99", p99).put("p99_9", p999).put("max", max);
        }
    }

    void took(long nanos) {
        micros.recordValue(Math.clamp(nanos / 1_000, 0, LONGEST_MICROS));
    }

    void add(Latencies others) {
        micros.add(others.micros);
    }

    Percentiles percentiles() {
        return new Percentiles(micros.getTotalCount(), at(50), at(99), at(99.9), at(100));
    }

    private double at(double percentile) {
        return micros.getTotalCount() == 0 ? 0 : micros.getValueAtPercentile(percentile) / MICROS;
    }
}
