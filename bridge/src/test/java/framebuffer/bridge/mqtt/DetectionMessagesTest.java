package framebuffer.bridge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.bridge.mqtt.client.MqttMessage;
import framebuffer.bridge.results.DetectionJson;
import framebuffer.bridge.testing.Results;
import framebuffer.wire.frame.StoredResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DetectionMessagesTest {
    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
    private static final DetectionMessages MESSAGES = new DetectionMessages(new Topics("detections"),
            Duration.ofSeconds(30));

    private static StoredResult result(String camera, String capability, String json) {
        return Results.of(NOW, camera, capability, json);
    }

    private static List<String> topics(StoredResult result, Instant now) {
        return MESSAGES.of(result, now).stream().map(MqttMessage::topic).toList();
    }

    @Test
    void eachLabelIsReportedOnce() {
        StoredResult two = result("door", "cars",
                "[{\"label\": \"car\"}, {\"label\": \"car\"}, {\"label\": \"bus\"}, {}]");
        assertThat(topics(two, NOW)).containsExactly("detections/door/cars", "detections/door/label/car",
                "detections/door/label/bus");
        assertThat(MESSAGES.of(two, NOW).stream().map(MqttMessage::retained)).containsExactly(true, false, false);
    }

    @Test
    void aLabelOfLongAgoTurnsNothingOn() {
        StoredResult one = result("door", "cars", "[{\"label\": \"car\"}]");
        assertThat(topics(one, NOW.plusSeconds(30))).hasSize(2);
        assertThat(topics(one, NOW.plusSeconds(31))).containsExactly("detections/door/cars");
    }

    @Test
    void namesThatMqttForbidsAreEscaped() {
        StoredResult odd = result("a+b/#\u0000%ü", "", "[{\"label\": \"x/y\"}]");
        assertThat(topics(odd, NOW)).containsExactly("detections/a%2Bb%2F%23%00%25ü/any",
                "detections/a%2Bb%2F%23%00%25ü/label/x%2Fy");
        assertThat(topics(result("door", "availability", "[]"), NOW)).containsExactly("detections/door/%61vailability");
    }

    @Test
    void aPayloadIsBounded() {
        String many = IntStream.range(0, 5_000).mapToObj(i -> "{\"label\": \"" + "x".repeat(400) + i
                + "\", \"score\": 0.123456789, \"box\": [1.23456789, 2, 3, 4]}")
                .collect(Collectors.joining(",", "[", "]"));
        StoredResult large = result("door", "cars", many);
        assertThat(MESSAGES.of(large, NOW).getFirst().payload()).hasSizeLessThan(40_000);
        assertThat(DetectionJson.of(large).path("count").asInt()).isEqualTo(5_000);
        assertThat(DetectionJson.of(large).path("findings")).hasSize(DetectionJson.MOST_FINDINGS);
    }

    @Test
    void theSizeOfThePictureIsNamedIfItIsKnown() {
        assertThat(DetectionJson.of(result("d", "c", "{\"objects\": [], \"width\": 640, \"height\": 480}"))
                .path("width").asInt()).isEqualTo(640);
        assertThat(DetectionJson.of(result("d", "c", "\"text\"")).has("width")).isFalse();
    }

    @Test
    void theCameraOfATopicIsItsFirstLevelBelowThePrefix() {
        Topics topics = new Topics("home/cams");
        assertThat(topics.cameraLevel(topics.availability("a/b"))).isEqualTo("a%2Fb");
        assertThat(topics.cameraLevel(topics.availability())).isEmpty();
        assertThat(topics.cameraLevel("home/other/x/y")).isEmpty();
    }
}
