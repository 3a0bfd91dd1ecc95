package framebuffer.bridge.mqtt.client;

/** The broker does not answer, or refuses the connection; the message, one line, says why. */
public final class MqttUnavailable extends Exception {
    private static final long serialVersionUID = 1;

    MqttUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
