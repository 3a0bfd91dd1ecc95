package framebuffer.bridge.mqtt;

import framebuffer.bridge.mqtt.client.MqttMessage;
import framebuffer.bridge.results.DetectionJson;
import framebuffer.wire.frame.StoredResult;
import framebuffer.wire.text.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The messages of one result.
 *
 * @param offDelay a label is reported only while the result is not older than this
 */
record DetectionMessages(Topics topics, Duration offDelay) {
    private static final byte[] ON = "ON".getBytes(StandardCharsets.UTF_8);

    /** The result itself, which the broker keeps; then each of its labels, which the broker does not keep: it is an event. */
    List<MqttMessage> of(StoredResult result, Instant now) {
        List<MqttMessage> messages = new ArrayList<>();
        messages.add(new MqttMessage(topics.detections(result.cameraId(), result.capability()),
                Json.bytes(DetectionJson.of(result)),
                true));
        if (!result.id().time().plus(offDelay).isBefore(now)) {
            DetectionJson.labels(result).forEach(
                    label -> messages.add(new MqttMessage(topics.label(result.cameraId(), label), ON, false)));
        }
        return messages;
    }
}
