package framebuffer.wire.control;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.wire.text.Json;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServedFramesTest {

    @Test
    void instancesAddTheirFramesAndSeeTheSameCameras() {
        assertThat(new ServedFrames(2.5, 3).plus(new ServedFrames(1, 4))).isEqualTo(new ServedFrames(3.5, 4));
    }

    @Test
    void whatIsWrittenIsRead() {
        ServedFrames served = new ServedFrames(2.5, 3);
        assertThat(ServedFrames.of(served.json())).isEqualTo(served);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"per_second\": -1, \"cameras\": 1}", "{\"per_second\": 1, \"cameras\": -1}",
            "{\"per_second\": \"x\", \"cameras\": []}"})
    void invalidFiguresAreNoFrames(String json) {
        assertThat(ServedFrames.of(Objects.requireNonNull(Json.object(json.getBytes(StandardCharsets.UTF_8)))))
                .isEqualTo(ServedFrames.NONE);
    }
}
