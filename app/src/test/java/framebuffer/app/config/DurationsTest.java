package framebuffer.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationsTest {

    @ParameterizedTest
    @CsvSource({"500ms,500", "5s,5000", "10m,600000", "1h,3600000", "7d,604800000", "7,7000", "1.5s,1500", "0.5,500",
            "0,0"})
    void timesAreWrittenAsPeopleDo(String text, long millis) {
        assertThat(Durations.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-5s", "5w", "5 s", "1e3", "99999999999s"})
    void whatIsNoTimeIsRefused(String text) {
        assertThatThrownBy(() -> Durations.parse(text)).isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("500ms");
    }
}
