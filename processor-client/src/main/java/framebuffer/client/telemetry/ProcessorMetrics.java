package framebuffer.client.telemetry;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Metrics of a processor in the text format of Prometheus (version 0.0.4). Hand-written, so that a processor needs no metrics library.
 * Thread-safe.
 */
public final class ProcessorMetrics {
    /** The content type of {@link #text}. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final double[] SECONDS = {.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60};

    private final String processor;
    private final Map<String, LongAdder> results = new ConcurrentSkipListMap<>();
    private final LongAdder[] buckets = new LongAdder[SECONDS.length + 1];
    private final LongAdder nanos = new LongAdder();

    /**
     * @param processor its id
     */
    public ProcessorMetrics(String processor) {
        this.processor = processor;
        Arrays.setAll(buckets, _ -> new LongAdder());
    }

    /**
     * Counts a frame that the handler has finished.
     *
     * @param result success or error for a result; failed, retry or rejected for a returned frame
     */
    public void processed(String result, Duration took) {
        results.computeIfAbsent(result, _ -> new LongAdder()).increment();
        double seconds = took.toNanos() / 1e9;
        int bucket = 0;
        while (bucket < SECONDS.length && seconds > SECONDS[bucket]) {
            bucket++;
        }
        buckets[bucket].increment();
        nanos.add(took.toNanos());
    }

    /** All metrics at this moment. */
    public String text() {
        StringBuilder text = new StringBuilder(2_000);
        text.append("# HELP processor_frames_processed_total Frames that the handler was done with.\n")
                .append("# TYPE processor_frames_processed_total counter\n");
        new TreeMap<>(results).forEach((result, frames) -> line(text, "processor_frames_processed_total",
                ",result=\"" + result + '"', String.valueOf(frames.sum())));
        text.append("# HELP processor_processing_duration_seconds Time the handler took for a frame.\n")
                .append("# TYPE processor_processing_duration_seconds histogram\n");
        long below = 0;
        for (int i = 0; i < buckets.length; i++) {
            below += buckets[i].sum();
            line(text, "processor_processing_duration_seconds_bucket",
                    ",le=\"" + (i < SECONDS.length ? Double.toString(SECONDS[i]) : "+Inf") + '"',
                    String.valueOf(below));
        }
        line(text, "processor_processing_duration_seconds_sum", "",
                String.format(Locale.ROOT, "%.9f", nanos.sum() / 1e9));
        line(text, "processor_processing_duration_seconds_count", "", String.valueOf(below));
        return text.toString();
    }

    /** A processor's id contains no character that needs escaping. */
    private void line(StringBuilder text, String name, String label, String value) {
        text.append(name).append("{processor_id=\"").append(processor).append('"').append(label).append("} ")
                .append(value).append('\n');
    }
}
