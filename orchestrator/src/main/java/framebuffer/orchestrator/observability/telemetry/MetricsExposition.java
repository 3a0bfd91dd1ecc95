package framebuffer.orchestrator.observability.telemetry;

import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.OutputStream;

/** Metrics as text, in Prometheus' own format or in OpenMetrics. */
public final class MetricsExposition {
    private final PrometheusRegistry registry;
    private final ExpositionFormats formats = ExpositionFormats.init();

    /** Includes metrics of the process and its JVM. */
    public MetricsExposition(PrometheusRegistry registry) {
        this.registry = registry;
        JvmMetrics.builder().register(registry);
    }

    /** The format that {@link #write} uses for this Accept header. */
    public String contentType(String accept) {
        return formats.findWriter(accept).getContentType();
    }

    /** Writes all metrics in the format that this Accept header asks for. */
    public void write(OutputStream out, String accept) throws IOException {
        formats.findWriter(accept).write(out, registry.scrape());
    }
}
