package framebuffer.orchestrator.observability.telemetry;

import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.OutputStream;

/** The metrics as text: Prometheus' own format, or OpenMetrics when asked for. */
public final class MetricsExposition {
    private final PrometheusRegistry registry;
    private final ExpositionFormats formats = ExpositionFormats.init();

    /** With those of the process, and the JVM in it. */
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
