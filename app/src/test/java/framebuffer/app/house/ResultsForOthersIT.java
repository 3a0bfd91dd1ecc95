package framebuffer.app.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import framebuffer.bridge.mqtt.client.MqttAddress;
import framebuffer.bridge.mqtt.client.MqttConnection;
import framebuffer.bridge.mqtt.client.MqttMessage;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.testkit.Commands;
import framebuffer.testkit.Commands.RunningCommand;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the detectors of a house find in the clip of the demo reaches a real broker, a webhook, and who is to be notified. */
class ResultsForOthersIT {
    private static final String MOSQUITTO = "/usr/sbin/mosquitto";

    @TempDir
    private Path folder;

    private final int port = EmbeddedRedis.freePort();
    private final Map<String, List<String>> posted = new ConcurrentHashMap<>();
    private final Map<String, List<String>> published = new ConcurrentHashMap<>();

    private HttpServer receiver() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", request -> {
            posted.computeIfAbsent(request.getRequestURI().getPath(), _ -> new CopyOnWriteArrayList<>())
                    .add(new String(request.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            request.sendResponseHeaders(204, -1);
            request.close();
        });
        server.start();
        return server;
    }

    private RunningCommand broker(Commands commands) throws IOException {
        Path file = Files.writeString(folder.resolve("mosquitto.conf"),
                "listener " + port + " 127.0.0.1\nallow_anonymous true\npersistence false\nuser root\n");
        RunningCommand broker = commands.startOther(List.of(MOSQUITTO, "-c", file.toString()));
        Await.until("the broker listens", () -> {
            try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return true;
            } catch (IOException e) {
                return false;
            }
        });
        return broker;
    }

    private Path house(String web) throws IOException {
        return Files.writeString(folder.resolve("house.yaml"), """
                data-dir: %s
                mqtt: {url: 'mqtt://127.0.0.1:%d'}
                results-webhook-url: %s/results
                results-webhook-labels: [person]
                cameras: [{id: front, source: demo, loop: true, fps: 2, capabilities: [person_detection]}]
                detectors: [{kind: people}]
                notifications:
                  - {name: somebody, labels: [person], at-most-every: 1h, webhook: '%s/somebody', picture: true,
                     mqtt-topic: home/alarm}
                """.formatted(folder.resolve("redis"), port, web, web));
    }

    private boolean has(String topic) {
        return published.containsKey(topic);
    }

    @Test
    void whatAHouseFindsReachesAllThatItsFileNames() throws Exception {
        assumeTrue(Files.isExecutable(Path.of(MOSQUITTO)) || System.getenv("CI") != null, "mosquitto is not installed");
        HttpServer web = receiver();
        try (Commands commands = new Commands(folder)) {
            broker(commands);
            try (MqttConnection subscriber = MqttConnection.open(
                    new MqttAddress("127.0.0.1", port, false, null, null, null), "subscriber",
                    MqttMessage.retained("will", ""), Duration.ofSeconds(5))) {
                subscriber.subscribe("#", message -> published
                        .computeIfAbsent(message.topic(), _ -> new CopyOnWriteArrayList<>()).add(message.text()));
                String address = "http://127.0.0.1:" + web.getAddress().getPort();
                RunningCommand house = commands.start("run", house(address).toString(), "--port", "0").says("ready");
                for (String topic : List.of("detections/front/person_detection", "detections/front/label/person",
                        "detections/front/picture", "home/alarm",
                        "homeassistant/binary_sensor/frame_buffer_detections/front__person/config",
                        "homeassistant/camera/frame_buffer_detections/front__picture/config")) {
                    Await.until(topic + " is published", () -> has(topic));
                }
                Await.until("the webhook has results", () -> posted.getOrDefault("/results", List.of()).size() > 2);
                List<String> notified = posted.getOrDefault("/somebody", List.of());
                assertThat(notified).hasSize(1);
                JsonNode told = new ObjectMapper().readTree(notified.getFirst());
                assertThat(told.at("/findings/0/label").asText()).isEqualTo("person");
                assertThat(Base64.getDecoder().decode(told.path("picture").asText())).startsWith(0xFF, 0xD8);
                assertThat(Commands.text(house.url() + "/metrics"))
                        .contains("frame_buffer_results_publisher 1.0")
                        .containsPattern("frame_buffer_results_settled_total\\{receiver=\"mqtt\"} [1-9]")
                        .containsPattern(
                                "frame_buffer_results_settled_total\\{receiver=\"notification somebody\"} [1-9]");
                house.process().destroyForcibly().waitFor();
                Await.until("the broker tells that it has died",
                        () -> published.getOrDefault("detections/availability", List.of("")).getLast()
                                .equals("offline"));
            }
        } finally {
            web.stop(0);
        }
    }
}
