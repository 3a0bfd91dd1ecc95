package framebuffer.app.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

class SettingsTest {
    @Command
    private static final class Sample {
        @Option(names = {"-r", "--redis-url"})
        private String url = "none";

        @Option(names = "--metrics.max-cameras")
        private int cameras;
    }

    @ParameterizedTest
    @CsvSource({"500ms,500", "5s,5000", "10m,600000", "1h,3600000", "7,7000", "1.5s,1500"})
    void timesAreWrittenAsPeopleDo(String text, long millis) {
        assertThat(Durations.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-5s", "5d", "1e3", "99999999999s"})
    void whatIsNoTimeIsRefused(String text) {
        assertThatThrownBy(() -> Durations.parse(text)).isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("500ms");
    }

    @Test
    void anOptionIsTakenFromTheEnvironmentUnlessItIsGiven() {
        Sample sample = new Sample();
        CommandLine line = new CommandLine(sample).setDefaultValueProvider(new EnvironmentDefaults(
                Map.of("REDIS_URL", "redis://there", "METRICS_MAX_CAMERAS", "7")));
        line.parseArgs();
        assertThat(sample.url).isEqualTo("redis://there");
        assertThat(sample.cameras).isEqualTo(7);
        line.parseArgs("--redis-url", "redis://here");
        assertThat(sample.url).isEqualTo("redis://here");
    }

    @Test
    void theNearestKnownWordIsFoundAndANonsenseWordHasNone() {
        assertThat(Nearest.to("--prot", List.of("--host", "--port"))).contains("--port");
        assertThat(Nearest.to("--xyzzy", List.of("--host", "--port"))).isEmpty();
    }

    @Test
    void tracingIsOffUntilTheEnvironmentNamesWhereToSendSpans() {
        assertThat(Tracing.fromEnvironment(Map.of("OTEL_SERVICE_NAME", "x"), "s")).isEqualTo(OpenTelemetry.noop());
    }
}
