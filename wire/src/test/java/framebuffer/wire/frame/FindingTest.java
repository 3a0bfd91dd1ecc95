package framebuffer.wire.frame;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.wire.text.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FindingTest {
    private static final Finding TWO = new Finding("yard-1", "people-1", 2, Instant.parse("2026-11-25T12:00:00Z"));

    @Test
    void whatIsWrittenIsReadBack() {
        assertThat(Finding.decode(Json.bytes(TWO.json()))).isEqualTo(TWO);
        assertThat(TWO.json()).hasToString("{\"frame_id\":\"yard-1\",\"processor_id\":\"people-1\",\"objects\":2,"
                + "\"at\":\"2026-11-25T12:00:00.000000Z\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "[]", "{}", "{\"objects\": 1}",
            "{\"objects\": \"x\", \"at\": \"2026-11-25T12:00:00Z\"}",
            "{\"objects\": 1, \"at\": \"noon\"}", "{\"objects\": 1e30, \"at\": \"2026-11-25T12:00:00Z\"}"})
    void whatSomebodyElseHasWrittenIsNone(String text) {
        assertThat(Finding.decode(text.getBytes(StandardCharsets.UTF_8))).isNull();
    }
}
