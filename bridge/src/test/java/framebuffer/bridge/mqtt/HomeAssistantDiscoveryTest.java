package framebuffer.bridge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.bridge.mqtt.client.MqttMessage;
import framebuffer.wire.text.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each message has the keys that Home Assistant publishes for it, and no other. */
class HomeAssistantDiscoveryTest {
    private static final Path SCHEMAS = Path.of("src/test/resources/homeassistant");
    private static final HomeAssistantDiscovery DISCOVERY = new HomeAssistantDiscovery("homeassistant",
            new Topics("detections"), Duration.ofSeconds(30), "1.0");

    private static List<String> keys(String schema) {
        try {
            return Files.readAllLines(SCHEMAS.resolve(schema + ".txt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode json(MqttMessage message) {
        return Objects.requireNonNull(Json.object(message.payload()));
    }

    private static void conforms(JsonNode json, String... schemas) {
        List<String> lines = Stream.of(schemas).flatMap(schema -> keys(schema).stream()).toList();
        assertThat(json.fieldNames()).toIterable()
                .isSubsetOf(lines.stream().map(line -> line.replace("!", "")).toList())
                .containsAll(
                        lines.stream().filter(line -> line.startsWith("!")).map(line -> line.substring(1)).toList());
    }

    private static void conforms(MqttMessage message, String component) {
        ObjectNode json = json(message);
        conforms(json, component, "common");
        conforms(json.path("device"), "device");
        conforms(json.path("origin"), "origin");
        assertThat(json.path("device").path("identifiers")).isNotEmpty();
        json.path("availability").forEach(one -> conforms(one, "availability"));
        assertThat(json.path("availability_mode").asText()).isIn("all", "any", "latest");
        assertThat(message.topic()).matches("homeassistant/" + component + "/[a-zA-Z0-9_-]+/[a-zA-Z0-9_-]+/config");
        assertThat(message.retained()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"front", "Vordertür 1/2", "+#", "a__b", "a_", "日本"})
    void aBinarySensorConforms(String camera) {
        conforms(DISCOVERY.label(camera, "person"), "binary_sensor");
        conforms(DISCOVERY.label("front", camera), "binary_sensor");
        assertThat(DISCOVERY.cameraSlug(DISCOVERY.label(camera, "person").topic())).isEqualTo(Topics.slug(camera));
    }

    @ParameterizedTest
    @ValueSource(strings = {"front", "Vordertür 1/2", "+#"})
    void aCameraConforms(String camera) {
        conforms(DISCOVERY.picture(camera), "camera");
        assertThat(json(DISCOVERY.picture(camera)).path("topic").asText())
                .isEqualTo(new Topics("detections").picture(camera));
    }

    static LongStream seeds() {
        return LongStream.range(0, 500);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theCameraOfATopicIsKnownForEveryName(long seed) {
        Random random = new Random(seed);
        String camera = IntStream.range(0, random.nextInt(1, 60))
                .mapToObj(_ -> "ab-_ 1Xü".substring(random.nextInt(8)).substring(0, 1)).collect(Collectors.joining());
        assertThat(Topics.slug(camera)).matches("[a-z0-9_]*[a-z0-9]").doesNotContain("__");
        for (String label : List.of("person", "_", camera)) {
            assertThat(DISCOVERY.cameraSlug(DISCOVERY.label(camera, label).topic())).isEqualTo(Topics.slug(camera));
        }
    }

    @Test
    void aBinarySensorTurnsOffByItself() {
        ObjectNode json = json(DISCOVERY.label("front", "person"));
        assertThat(json.path("off_delay").isIntegralNumber()).isTrue();
        assertThat(json.path("off_delay").asInt()).isEqualTo(30);
        assertThat(json.path("state_topic").asText()).isEqualTo("detections/front/label/person");
        assertThat(json.path("device_class").asText()).isEqualTo("occupancy");
        assertThat(json(DISCOVERY.label("front", "motion")).path("device_class").asText()).isEqualTo("motion");
    }

    @Test
    void differentCamerasAndLabelsAreDifferentEntities() {
        assertThat(Stream.of(DISCOVERY.label("a b", "c"), DISCOVERY.label("a_b", "c"), DISCOVERY.label("A b", "c"),
                DISCOVERY.label("a", "b c"), DISCOVERY.picture("a"), DISCOVERY.label("a", "")).map(MqttMessage::topic))
                .doesNotHaveDuplicates();
    }

    @Test
    void whatIsNotOursHasNoCamera() {
        assertThat(DISCOVERY.cameraSlug("homeassistant/camera/others/front__picture/config")).isEmpty();
        assertThat(DISCOVERY.cameraSlug("other/camera/frame_buffer_detections/front__picture/config")).isEmpty();
    }
}
