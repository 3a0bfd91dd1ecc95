package framebuffer.bridge.mqtt;

import static framebuffer.bridge.BridgeRedis.KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.bridge.BridgeRedis;
import framebuffer.bridge.ResultBridge;
import framebuffer.bridge.ResultBridge.BridgeSettings;
import framebuffer.bridge.mqtt.MqttPublisher.MqttSettings;
import framebuffer.bridge.mqtt.client.MqttAddress;
import framebuffer.bridge.mqtt.client.MqttConnection;
import framebuffer.bridge.mqtt.client.MqttMessage;
import framebuffer.bridge.mqtt.client.MqttUnavailable;
import framebuffer.bridge.results.CatchUpPolicy;
import framebuffer.bridge.testing.Mosquitto;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.redis.tables.PictureStore;
import framebuffer.testkit.Await;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.Partitioning;
import framebuffer.wire.frame.Finding;
import framebuffer.wire.text.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The whole way from a result in Redis to a subscriber of a real broker. */
class MqttBridgeTest {
    @RegisterExtension
    static final BridgeRedis redis = new BridgeRedis();
    private static final String DOOR = "detections/door/person_detection";
    private static final String DISCOVERED = "homeassistant/binary_sensor/frame_buffer_detections/door__person/config";

    @TempDir
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    private Mosquitto broker;

    @BeforeAll
    static void mosquittoIsThere() {
        Mosquitto.assumeThere();
    }

    @BeforeEach
    void start() {
        broker = new Mosquitto(folder, "allow_anonymous true").start();
        seen("door");
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private static void seen(String camera) {
        redis.connection().call("HSET", KEYS.camerasSeen(), camera, Instant.now().toEpochMilli() + "-0");
    }

    private MqttAddress address() {
        return new MqttAddress("127.0.0.1", broker.port(), false, null, null, null);
    }

    private ResultBridge bridge() {
        return bridge(InstantSource.system());
    }

    private ResultBridge bridge(InstantSource clock) {
        ResultBridge bridge = ResultBridge.start(new BridgeSettings(
                new MqttSettings(address(), "detections", "homeassistant", Duration.ofSeconds(1),
                        Duration.ofSeconds(30), "1.0"),
                null, CatchUpPolicy.DEFAULT, null),
                PartitionLayout.of(redis.partition().redis(), Partitioning.whole("")), clock);
        Await.until("the cursor is there", () -> redis.connection().call("HGET", KEYS.resultCursors(),
                "cursor:mqtt") != null);
        return bridge;
    }

    private static ObjectNode json(String text) {
        return Objects.requireNonNull(Json.object(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aSubscriberSeesResultsWithBoxesAndALaterOneWhatIsKept() throws Exception {
        try (ResultBridge _ = bridge(); Subscriber early = new Subscriber(address(), "#")) {
            early.awaits("detections/availability", "online");
            redis.found("f1", "door", "person", 0.87);
            Await.until("the result is there", () -> !early.texts(DOOR).isEmpty());
            ObjectNode detection = json(early.texts(DOOR).getFirst());
            assertThat(detection.path("frame_id").asText()).isEqualTo("f1");
            assertThat(detection.path("camera").asText()).isEqualTo("door");
            assertThat(detection.path("capability").asText()).isEqualTo("person_detection");
            assertThat(detection.path("time").asText()).isEqualTo("2026-11-30T12:00:00.000000Z");
            assertThat(detection.at("/findings/0/label").asText()).isEqualTo("person");
            assertThat(detection.at("/findings/0/score").asDouble()).isEqualTo(0.87);
            assertThat(detection.at("/findings/0/box").toString()).isEqualTo("[1.0,2.0,30.0,40.0]");
            early.awaits("detections/door/label/person", "ON");
            Await.until("the label is described", () -> !early.texts(DISCOVERED).isEmpty());
            try (Subscriber late = new Subscriber(address(), "#")) {
                late.awaits("detections/availability", "online");
                late.awaits("detections/door/availability", "online");
                late.awaits(DISCOVERED, early.texts(DISCOVERED).getLast());
                late.awaits(DOOR, early.texts(DOOR).getLast());
                assertThat(late.texts("detections/door/label/person")).as("an event is not kept").isEmpty();
            }
        }
    }

    @Test
    void theNewestPictureIsKeptForTheCamera() throws Exception {
        try (ResultBridge _ = bridge(); Subscriber subscriber = new Subscriber(address(), "#")) {
            Await.until("pictures are wanted", () -> PictureStore.wanted(redis.connection(), KEYS));
            PictureStore.put(redis.connection(), KEYS, new CameraNeed("door", "person_detection"),
                    new Finding("f1", "people-1", 1, Instant.EPOCH), "JPEG".getBytes(StandardCharsets.UTF_8));
            subscriber.awaits("detections/door/picture", "JPEG");
        }
    }

    @Test
    void whatWasFoundWhileTheBrokerWasAwayIsSentWhenItIsBack() throws Exception {
        try (ResultBridge bridge = bridge()) {
            try (Subscriber subscriber = new Subscriber(address(), "#")) {
                subscriber.awaits("detections/door/availability", "online");
            }
            broker.kill();
            for (int frame = 1; frame <= 250; frame++) {
                redis.found("f" + frame, "door", "person", 0.9);
            }
            Await.until("a delivery has failed",
                    () -> Objects.requireNonNull(bridge.counts().get("mqtt")).failed() > 0);
            broker.start();
            try (Subscriber subscriber = new Subscriber(address(), "#")) {
                subscriber.awaits("detections/availability", "online");
                subscriber.awaits("detections/door/availability", "online");
                Await.until("all are delivered",
                        () -> Objects.requireNonNull(bridge.counts().get("mqtt")).settled() == 250);
                Await.until("the last is there", () -> !subscriber.texts(DOOR).isEmpty()
                        && json(subscriber.texts(DOOR).getLast()).path("frame_id").asText().equals("f250"));
            }
        }
    }

    @Test
    void aServiceThatStopsOrDiesIsOffline() throws Exception {
        try (Subscriber subscriber = new Subscriber(address(), "detections/availability")) {
            ResultBridge bridge = bridge();
            subscriber.awaits("detections/availability", "online");
            bridge.close();
            subscriber.awaits("detections/availability", "offline");
            try (ResultBridge _ = bridge()) {
                subscriber.awaits("detections/availability", "online");
                // Another connection of the same client ends ours without a farewell: the broker publishes the will, and we come back.
                MqttConnection.open(address(),
                        "frame-buffer-" + Long.toHexString(crc("detections")),
                        MqttMessage.retained("x", "x"), Duration.ofSeconds(5));
                Await.until("it was offline in between", () -> subscriber.texts("detections/availability").stream()
                        .filter("offline"::equals).count() == 2);
                subscriber.awaits("detections/availability", "online");
            }
        }
    }

    private static long crc(String text) {
        CRC32 hash = new CRC32();
        hash.update(text.getBytes(StandardCharsets.UTF_8));
        return hash.getValue();
    }

    @Test
    void withoutTheLeaseTheServiceIsOffline() throws Exception {
        try (ResultBridge _ = bridge(); Subscriber subscriber = new Subscriber(address(), "detections/availability")) {
            subscriber.awaits("detections/availability", "online");
            redis.connection().call("SET", KEYS.publisherLease(), "another");
            subscriber.awaits("detections/availability", "offline");
            redis.connection().call("DEL", KEYS.publisherLease());
            subscriber.awaits("detections/availability", "online");
        }
    }

    @Test
    void twoInstancesPublishEachResultOnce() throws Exception {
        try (ResultBridge one = bridge();
                ResultBridge other = bridge();
                Subscriber subscriber = new Subscriber(address(), DOOR)) {
            for (int frame = 1; frame <= 20; frame++) {
                redis.found("f" + frame, "door", "person", 0.9);
            }
            Await.until("all are there", () -> subscriber.received().size() >= 20);
            assertThat(List.of(one.publishes(), other.publishes())).containsExactlyInAnyOrder(true, false);
            assertThat(subscriber.received()).hasSize(20);
        }
    }

    @Test
    void aCameraThatIsDeletedLeavesTheBrokerEvenAfterARestart() throws Exception {
        seen("yard");
        try (ResultBridge _ = bridge(); Subscriber subscriber = new Subscriber(address(), "#")) {
            redis.found("f1", "door", "person", 0.9);
            redis.found("f2", "yard", "person", 0.9);
            Await.until("both are described", () -> subscriber.texts(DISCOVERED.replace("door", "yard")).size() == 1
                    && subscriber.texts(DISCOVERED).size() == 1);
        }
        redis.connection().call("HDEL", KEYS.camerasSeen(), "yard");
        AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
        try (ResultBridge _ = bridge(now::get); Subscriber subscriber = new Subscriber(address(), "#")) {
            subscriber.awaits("detections/yard/availability", "offline");
            now.updateAndGet(before -> before.plus(RetainedMessages.CLEARED_AFTER));
            for (String topic : List.of("detections/yard/availability", "detections/yard/person_detection",
                    DISCOVERED.replace("door", "yard"))) {
                Await.until(topic + " is cleared", () -> keeps(topic).isEmpty());
            }
            assertThat(keeps(DOOR)).isNotEmpty();
            assertThat(keeps(DISCOVERED)).isNotEmpty();
            assertThat(subscriber.texts("detections/availability")).isNotEmpty();
        }
    }

    @Test
    void camerasThatRedisHasLostAreOfflineAndStayAtTheBroker() throws Exception {
        try (ResultBridge _ = bridge(); Subscriber subscriber = new Subscriber(address(), "#")) {
            redis.found("f1", "door", "person", 0.9);
            Await.until("it is described", () -> subscriber.texts(DISCOVERED).size() == 1);
            redis.connection().call("FLUSHALL");
            subscriber.awaits("detections/door/availability", "offline");
            assertThat(keeps(DOOR)).isNotEmpty();
            seen("door");
            subscriber.awaits("detections/door/availability", "online");
            assertThat(subscriber.texts(DISCOVERED)).doesNotContain("");
        }
    }

    /** What the broker keeps under a topic, as a new subscriber sees it. */
    private List<String> keeps(String topic) {
        try (Subscriber fresh = new Subscriber(address(), "#")) {
            fresh.publish("test/end", "end");
            fresh.awaits("test/end", "end");
            return fresh.texts(topic);
        } catch (MqttUnavailable | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whenHomeAssistantStartsItIsToldAgain() throws Exception {
        try (ResultBridge _ = bridge(); Subscriber subscriber = new Subscriber(address(), "#")) {
            redis.found("f1", "door", "person", 0.9);
            Await.until("it is described", () -> subscriber.texts(DISCOVERED).size() == 1);
            subscriber.publish("homeassistant/status", "online");
            Await.until("it is described again", () -> subscriber.texts(DISCOVERED).size() == 2);
        }
    }
}
