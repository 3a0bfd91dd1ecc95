package framebuffer.wire.control;

import static framebuffer.wire.Golden.body;
import static framebuffer.wire.Golden.fields;
import static framebuffer.wire.Golden.moment;
import static framebuffer.wire.Golden.problems;
import static framebuffer.wire.Golden.sorted;
import static framebuffer.wire.Golden.texts;
import static framebuffer.wire.Golden.valid;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.wire.Golden;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Fields;
import framebuffer.wire.text.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Cluster-wide settings and publications, against the test vectors shared with other languages. */
class GoldenControlTest {

    @ParameterizedTest
    @MethodSource
    void aCameraPolicyIsReadOrRefused(JsonNode vector) {
        Decoded<CameraPolicy> decoded = CameraPolicy.decode(body(vector.path("body")));
        assertThat(problems(decoded)).containsExactlyInAnyOrderElementsOf(texts(vector.path("problems")));
        if (vector.has("expect")) {
            assertThat(Json.value(valid(decoded).encode())).isEqualTo(Json.value(Json.bytes(vector.path("expect"))));
            assertThat(valid(CameraPolicy.decode(valid(decoded).encode()))).isEqualTo(valid(decoded));
        }
    }

    static Stream<Named<JsonNode>> aCameraPolicyIsReadOrRefused() {
        return Golden.vectors("camera-policies.json");
    }

    @ParameterizedTest
    @MethodSource
    void whatProducersAreToldIsWrittenAndRead(JsonNode vector) {
        Backpressure told = new Backpressure(PressureLevel.valueOf(vector.path("level").asText()),
                vector.path("operator_paused").asBoolean(), moment(vector, "updated_at"),
                levels(vector, "capabilities"),
                levels(vector, "processors"));
        assertThat(sorted(told.encode())).isEqualTo(sorted(fields(vector.path("fields"))));
        assertThat(Backpressure.decode(hash(told.encode()))).isEqualTo(told);
        vector.path("rates").properties().forEach(rate -> assertThat(told.consumptionRate(
                rate.getKey().isEmpty() ? List.of() : List.of(rate.getKey().split(",")))).as(rate.getKey())
                .isEqualTo(rate.getValue().asDouble()));
    }

    static Stream<Named<JsonNode>> whatProducersAreToldIsWrittenAndRead() {
        return Golden.vectors("backpressure.json");
    }

    @Test
    void whatMakesNoSenseInTheHashSlowsNobodyDown() {
        Backpressure told = Backpressure.decode(hash(Fields.ofText("level", "EXTREME", "updated_at", "now",
                "capability:face", "{", "capability:car", "{\"level\": 7}", "something", "else")));
        assertThat(told).isEqualTo(Backpressure.NONE);
        assertThat(Backpressure.decode(Map.of())).isEqualTo(Backpressure.NONE);
    }

    @Test
    void eachLevelIsOneStepAboveTheOneBelow() {
        assertThat(PressureLevel.CRITICAL.below()).isEqualTo(PressureLevel.HIGH);
        assertThat(PressureLevel.HIGH.below()).isEqualTo(PressureLevel.MODERATE);
        assertThat(PressureLevel.MODERATE.below()).isEqualTo(PressureLevel.NORMAL);
        assertThat(PressureLevel.NORMAL.below()).isEqualTo(PressureLevel.NORMAL);
    }

    private static Map<String, PressureLevel> levels(JsonNode vector, String name) {
        Map<String, PressureLevel> levels = new HashMap<>();
        vector.path(name).properties().forEach(
                level -> levels.put(level.getKey(), PressureLevel.valueOf(level.getValue().asText())));
        return levels;
    }

    private static Map<String, byte[]> hash(Fields fields) {
        Map<String, byte[]> hash = new HashMap<>();
        for (int i = 0; i < fields.size(); i++) {
            hash.put(new String(fields.name(i), java.nio.charset.StandardCharsets.UTF_8), fields.value(i));
        }
        return hash;
    }
}
