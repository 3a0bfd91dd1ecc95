package framebuffer.client.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcessorMetricsTest {
    private final ProcessorMetrics metrics = new ProcessorMetrics("face-1");

    @Test
    void framesAreCountedByWhatBecameOfThem() {
        metrics.processed("success", Duration.ofMillis(4));
        metrics.processed("success", Duration.ofMillis(4));
        metrics.processed("failed", Duration.ofMillis(4));
        assertThat(metrics.text()).contains("""
                # TYPE processor_frames_processed_total counter
                processor_frames_processed_total{processor_id="face-1",result="failed"} 1
                processor_frames_processed_total{processor_id="face-1",result="success"} 2
                """);
    }

    @Test
    void timesAreABucketedHistogramWhoseBucketsAddUp() {
        metrics.processed("success", Duration.ofMillis(1));
        metrics.processed("success", Duration.ofMillis(3));
        metrics.processed("success", Duration.ofMinutes(2));
        assertThat(metrics.text()).contains("# TYPE processor_processing_duration_seconds histogram\n",
                "_bucket{processor_id=\"face-1\",le=\"0.001\"} 1\n",
                "_bucket{processor_id=\"face-1\",le=\"0.0025\"} 1\n",
                "_bucket{processor_id=\"face-1\",le=\"0.005\"} 2\n", "_bucket{processor_id=\"face-1\",le=\"60.0\"} 2\n",
                "_bucket{processor_id=\"face-1\",le=\"+Inf\"} 3\n", "_sum{processor_id=\"face-1\"} 120.004000000\n",
                "_count{processor_id=\"face-1\"} 3\n").endsWith("\n");
    }
}
