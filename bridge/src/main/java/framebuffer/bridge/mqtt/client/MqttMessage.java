package framebuffer.bridge.mqtt.client;

import java.nio.charset.StandardCharsets;

/** A message. */
public final class MqttMessage {
    private final String topic;
    private final byte[] payload;
    private final boolean retained;

    /**
     * @param payload not copied; must not be changed
     * @param retained whether the broker keeps it for later subscribers; of a received message: whether it had kept it
     */
    public MqttMessage(String topic, byte[] payload, boolean retained) {
        this.topic = topic;
        this.payload = payload;
        this.retained = retained;
    }

    /** A message with text that the broker keeps. */
    public static MqttMessage retained(String topic, String text) {
        return new MqttMessage(topic, text.getBytes(StandardCharsets.UTF_8), true);
    }

    /** Makes the broker forget what it keeps under this topic. */
    public static MqttMessage clearing(String topic) {
        return new MqttMessage(topic, new byte[0], true);
    }

    public String topic() {
        return topic;
    }

    public byte[] payload() {
        return payload;
    }

    public boolean retained() {
        return retained;
    }

    /** The payload as text. */
    public String text() {
        return new String(payload, StandardCharsets.UTF_8);
    }
}
