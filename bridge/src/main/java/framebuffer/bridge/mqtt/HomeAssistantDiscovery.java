package framebuffer.bridge.mqtt;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.bridge.mqtt.client.MqttMessage;
import framebuffer.wire.text.Json;
import java.time.Duration;

/**
 * What Home Assistant is told of a camera and its labels (MQTT discovery): a device for each camera, with a binary sensor for each label and
 * a camera that shows the newest picture.
 *
 * @param prefix the prefix of Home Assistant's discovery, {@code homeassistant} by default
 * @param offDelay how long a binary sensor stays on after the last finding
 * @param version of the service
 */
record HomeAssistantDiscovery(String prefix, Topics topics, Duration offDelay, String version) {
    private static final String BETWEEN = "__";

    /** A binary sensor that is on while the camera sees this label. */
    MqttMessage label(String camera, String label) {
        ObjectNode json = entity(camera, label).put("name", label.isEmpty() ? "unnamed" : label)
                .put("state_topic", topics.label(camera, label)).put("payload_on", "ON").put("off_delay",
                        Math.max(1, offDelay.toSeconds()))
                .put("device_class", label.equals("motion") ? "motion" : "occupancy");
        return message("binary_sensor", camera, label, json);
    }

    /** The picture of a camera. */
    MqttMessage picture(String camera) {
        return message("camera", camera, "picture",
                entity(camera, "picture").put("name", "Picture").put("topic", topics.picture(camera)));
    }

    private ObjectNode entity(String camera, String what) {
        ObjectNode json = JsonNodeFactory.instance.objectNode()
                .put("unique_id", node() + BETWEEN + object(camera, what))
                .put("availability_mode", "all").put("qos", 1);
        json.putArray("availability").add(JsonNodeFactory.instance.objectNode().put("topic", topics.availability()))
                .add(JsonNodeFactory.instance.objectNode().put("topic", topics.availability(camera)));
        ObjectNode device = json.putObject("device").put("name", camera).put("manufacturer", "frame-buffer")
                .put("model", "camera").put("sw_version", version);
        device.putArray("identifiers").add(node() + BETWEEN + Topics.slug(camera));
        json.putObject("origin").put("name", "frame-buffer").put("sw_version", version);
        return json;
    }

    private MqttMessage message(String component, String camera, String what, ObjectNode json) {
        return new MqttMessage(prefix + '/' + component + '/' + node() + '/' + object(camera, what) + "/config",
                Json.bytes(json), true);
    }

    private String node() {
        return "frame_buffer_" + Topics.slug(topics.prefix());
    }

    private static String object(String camera, String what) {
        return Topics.slug(camera) + BETWEEN + Topics.slug(what);
    }

    /** Our topics. */
    String filter() {
        return prefix + "/+/" + node() + "/+/config";
    }

    /** The camera of a topic of ours, as {@link Topics#slug}; empty: it is not ours. */
    String cameraSlug(String topic) {
        int node = topic.indexOf('/' + node() + '/');
        int end = topic.indexOf(BETWEEN, node + node().length() + 2);
        return !topic.startsWith(prefix + '/') || node < 0 || end < 0
                ? ""
                : topic.substring(node + node().length() + 2, end);
    }

    /** Where Home Assistant says that it has started. */
    String birth() {
        return prefix + "/status";
    }
}
