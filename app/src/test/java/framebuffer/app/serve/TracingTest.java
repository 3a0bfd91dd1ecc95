package framebuffer.app.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TracingTest {

    @Test
    void itIsOffUntilTheEnvironmentNamesWhereToSendSpans() {
        try (Tracing tracing = Tracing.fromEnvironment(Map.of("OTEL_SERVICE_NAME", "x"), "s")) {
            assertThat(tracing.telemetry()).isEqualTo(OpenTelemetry.noop());
            assertThat(tracing.announce("f", "yard")).as("no span without an exporter").isNull();
        }
    }
}
