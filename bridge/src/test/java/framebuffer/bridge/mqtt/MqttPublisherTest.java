package framebuffer.bridge.mqtt;

import static framebuffer.bridge.BridgeRedis.KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.bridge.BridgeRedis;
import framebuffer.bridge.mqtt.MqttPublisher.MqttSettings;
import framebuffer.bridge.results.DeliveryCounts;
import framebuffer.bridge.results.PublisherLease;
import framebuffer.bridge.testing.ControlledBroker;
import framebuffer.bridge.testing.Results;
import framebuffer.testkit.Await;
import framebuffer.wire.frame.Result.ResultStatus;
import framebuffer.wire.frame.StoredResult;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MqttPublisherTest {
    @RegisterExtension
    static final BridgeRedis redis = new BridgeRedis();
    private static final String CAMERA = "detections/door/availability";
    private static final StoredResult ONE = Results.of(Instant.EPOCH, "door", "people", "[{\"label\": \"person\"}]");

    private final DeliveryCounts counts = new DeliveryCounts(1);
    private final PublisherLease lease = new PublisherLease(KEYS, System::nanoTime);

    @BeforeEach
    void holdTheLeaseAndKnowACamera() {
        redis.connection().call("HSET", KEYS.camerasSeen(), "door", Instant.now().toEpochMilli() + "-0");
        lease.runOnce(redis.connection());
    }

    private MqttPublisher publisher(ControlledBroker broker, Duration timeout) throws InterruptedException {
        MqttPublisher publisher = new MqttPublisher(new MqttSettings(broker.address(), "detections", "",
                Duration.ZERO, Duration.ofSeconds(30), "1.0"), lease, InstantSource.system(), counts, timeout);
        publisher.camerasOf(redis.partition()).runOnce(redis.connection());
        publisher.start();
        return publisher;
    }

    private static ControlledBroker without(String topic) throws IOException {
        return new ControlledBroker(Predicate.not(topic::equals));
    }

    @Test
    void resultsNeedNotWaitUntilTheBrokerHasAllThatItKeeps() throws Exception {
        try (ControlledBroker broker = without(CAMERA);
                MqttPublisher publisher = publisher(broker,
                        Duration.ofMinutes(1))) {
            Await.until("the camera is announced", () -> broker.topics().contains(CAMERA));
            assertThat(publisher.deliver(List.of(ONE))).isOne();
            broker.acknowledge();
        }
    }

    @Test
    void aConnectionThatDoesNotAcknowledgeWhatTheBrokerKeepsIsClosed() throws Exception {
        try (ControlledBroker broker = without(CAMERA); MqttPublisher _ = publisher(broker, Duration.ofMillis(500))) {
            Await.until("it connects again", () -> broker.begun() >= 2);
            Await.until("the first connection has ended", () -> broker.ended() >= broker.begun() - 1);
        }
    }

    @Test
    void aResultThatMqttCannotCarryStopsNoOther() throws Exception {
        StoredResult odd = new StoredResult(ONE.id(), "f", "door", "people-1", "x".repeat(70_000),
                ResultStatus.SUCCESS, ONE.result(), Instant.EPOCH, null, 1, null);
        try (ControlledBroker broker = new ControlledBroker(_ -> true);
                MqttPublisher publisher = publisher(broker,
                        Duration.ofSeconds(5))) {
            Await.until("the camera is announced", () -> broker.topics().contains(CAMERA));
            assertThat(publisher.deliver(List.of(ONE, odd, ONE))).isEqualTo(3);
            assertThat(counts.refused()).isEqualTo(1);
            assertThat(broker.topics().stream().filter("detections/door/people"::equals)).hasSize(2);
        }
    }
}
