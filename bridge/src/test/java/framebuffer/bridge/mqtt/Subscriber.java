package framebuffer.bridge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.bridge.mqtt.client.MqttAddress;
import framebuffer.bridge.mqtt.client.MqttConnection;
import framebuffer.bridge.mqtt.client.MqttMessage;
import framebuffer.bridge.mqtt.client.MqttUnavailable;
import framebuffer.testkit.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Another client of the broker, which records all that it receives. */
final class Subscriber implements AutoCloseable {
    private final MqttConnection connection;
    private final List<MqttMessage> received = new CopyOnWriteArrayList<>();

    Subscriber(MqttAddress address, String filter) throws MqttUnavailable, InterruptedException {
        connection = MqttConnection.open(address, "subscriber-" + System.nanoTime(),
                MqttMessage.retained("will/of/subscriber", "gone"), Duration.ofSeconds(5));
        assertThat(connection.subscribe(filter, received::add)).isTrue();
    }

    List<MqttMessage> received() {
        return List.copyOf(received);
    }

    /** The payloads of a topic, oldest first. */
    List<String> texts(String topic) {
        return received.stream().filter(one -> one.topic().equals(topic)).map(MqttMessage::text).toList();
    }

    void awaits(String topic, String last) {
        Await.until(topic + " is " + last,
                () -> !texts(topic).isEmpty() && texts(topic).getLast().equals(last));
    }

    void publish(String topic, String text) throws InterruptedException {
        assertThat(connection.publish(List.of(MqttMessage.retained(topic, text)))).isOne();
    }

    @Override
    public void close() {
        connection.close();
    }
}
