package framebuffer.app.settings;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.HashMap;
import java.util.Map;

/** OpenTelemetry, set up by its standard {@code OTEL_*} variables. */
public final class Tracing {
    private Tracing() {
    }

    /** The exporter that the environment asks for; off when it names neither an endpoint nor an exporter. */
    public static OpenTelemetry fromEnvironment(Map<String, String> environment, String service) {
        boolean wanted = environment.keySet().stream().anyMatch(name -> name.equals("OTEL_TRACES_EXPORTER")
                || (name.startsWith("OTEL_EXPORTER_OTLP") && name.endsWith("ENDPOINT")));
        if (!wanted) {
            return OpenTelemetry.noop();
        }
        Map<String, String> defaults = new HashMap<>(Map.of("otel.service.name", service, "otel.metrics.exporter",
                "none", "otel.logs.exporter", "none", "otel.exporter.otlp.protocol", "http/protobuf"));
        return AutoConfiguredOpenTelemetrySdk.builder().addPropertiesSupplier(() -> defaults).build()
                .getOpenTelemetrySdk();
    }
}
