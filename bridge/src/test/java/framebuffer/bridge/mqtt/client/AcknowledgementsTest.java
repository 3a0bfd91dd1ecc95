package framebuffer.bridge.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.bridge.testing.ControlledBroker;
import framebuffer.testkit.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AcknowledgementsTest {
    private static final MqttMessage SMALL = MqttMessage.retained("a", "b");
    private static final MqttMessage LARGE = new MqttMessage("a", new byte[200 << 10], true);

    @SuppressWarnings("NullAway.Init")
    private ControlledBroker broker;

    @BeforeEach
    void start() throws IOException {
        broker = new ControlledBroker(_ -> false);
    }

    @AfterEach
    void stop() throws IOException {
        broker.close();
    }

    private MqttConnection connection(Duration timeout) throws MqttUnavailable, InterruptedException {
        return MqttConnection.open(broker.address(), "test", SMALL, timeout);
    }

    private static CompletableFuture<Integer> published(MqttConnection connection, List<MqttMessage> messages) {
        CompletableFuture<Integer> done = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                done.complete(connection.publish(messages));
            } catch (InterruptedException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    @Test
    void atMost100MessagesWaitAndEachAcknowledgementGivesTheNextItsOwnTime() throws Exception {
        Duration timeout = Duration.ofSeconds(2);
        try (MqttConnection connection = connection(timeout)) {
            long begun = System.nanoTime();
            CompletableFuture<Integer> done = published(connection, Collections.nCopies(250, SMALL));
            for (int hundreds = 1; hundreds <= 2; hundreds++) {
                long until = begun + timeout.multipliedBy(hundreds).multipliedBy(11).dividedBy(20).toNanos();
                Await.until("100 have waited for more than half of the time",
                        () -> broker.waiting() == 100 && System.nanoTime() - until > 0);
                broker.acknowledge();
            }
            Await.until("the rest is there", () -> broker.waiting() == 50);
            broker.acknowledge();
            assertThat(done.get()).isEqualTo(250);
        }
    }

    @Test
    void theNextMessagesFollowEachAcknowledgement() throws Exception {
        try (MqttConnection connection = connection(Duration.ofMinutes(1))) {
            CompletableFuture<Integer> done = published(connection, Collections.nCopies(101, SMALL));
            Await.until("100 wait", () -> broker.waiting() == 100);
            broker.acknowledgeOldest();
            Await.until("one more is sent", () -> broker.waiting() == 100);
            broker.acknowledge();
            assertThat(done.get()).isEqualTo(101);
        }
    }

    @Test
    void aLargeMessageWaitsForTheOneBefore() throws Exception {
        try (MqttConnection connection = connection(Duration.ofMinutes(1))) {
            CompletableFuture<Integer> done = published(connection, List.of(LARGE, LARGE));
            for (int message = 1; message <= 2; message++) {
                Await.until("it is there", () -> broker.waiting() > 0);
                assertThat(broker.topics()).hasSize(message);
                broker.acknowledge();
            }
            assertThat(done.get()).isEqualTo(2);
        }
    }

    @Test
    void aLateAcknowledgementEndsTheConnectionAndNothingIsSentTwice() throws Exception {
        try (MqttConnection connection = connection(Duration.ofMillis(500))) {
            assertThat(connection.publish(List.of(SMALL, SMALL))).isZero();
            assertThat(connection.isOpen()).isFalse();
            Await.until("the broker knows", () -> broker.ended() == 1);
            assertThat(connection.publish(List.of(SMALL, SMALL))).isZero();
            assertThat(broker.topics()).hasSize(2);
        }
    }

    @Test
    void aTopicMustFitInto65535BytesWithoutCharactersThatMqttForbids() {
        assertThat(MqttConnection.canCarry(MqttMessage.retained("ü".repeat(32_767), ""))).isTrue();
        for (String topic : List.of("", "ü".repeat(32_768), "a/+", "a/#", "a\u0000")) {
            assertThat(MqttConnection.canCarry(MqttMessage.retained(topic, ""))).as(topic).isFalse();
        }
    }
}
