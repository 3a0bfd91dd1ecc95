package framebuffer.orchestrator.observability.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A slow bucket leads to the trace of a frame in it. */
class ExemplarTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0";

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Metrics metrics = new Metrics(registry, 10);

    private String scraped(String accept) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new MetricsExposition(registry).write(out, accept);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theBucketInWhichATracedFrameFellNamesItsTrace() throws IOException {
        metrics.waited(Duration.ofMillis(3), null);
        metrics.waited(Duration.ofMillis(700), TRACE);
        assertThat(scraped(OPEN_METRICS).lines()).filteredOn(line -> line.contains(TRACE)).singleElement().asString()
                .startsWith("frame_buffer_queue_wait_seconds_bucket{le=\"1.0\"} 2 # {trace_id=\"" + TRACE + "\"} 0.7");
    }

    @Test
    void prometheusOwnFormatHasNoRoomForIt() throws IOException {
        metrics.waited(Duration.ofMillis(700), TRACE);
        assertThat(scraped("text/plain")).doesNotContain(TRACE).contains("frame_buffer_queue_wait_seconds_count 1");
    }
}
