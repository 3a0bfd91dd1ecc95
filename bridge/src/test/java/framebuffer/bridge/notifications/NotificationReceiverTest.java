package framebuffer.bridge.notifications;

import static framebuffer.bridge.BridgeRedis.KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.bridge.BridgeRedis;
import framebuffer.bridge.results.DeliveryCounts;
import framebuffer.bridge.results.ResultFilter;
import framebuffer.bridge.testing.Results;
import framebuffer.bridge.testing.WebhookServer;
import framebuffer.redis.results.NotificationStore;
import framebuffer.wire.frame.StoredResult;
import framebuffer.wire.text.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NotificationReceiverTest {
    @RegisterExtension
    static final BridgeRedis redis = new BridgeRedis();
    private static final Instant NOON = Instant.parse("2026-11-30T12:00:00Z");

    private final List<String> topics = new ArrayList<>();
    private boolean brokerIsThere = true;
    private long fence = 1;
    private Instant now = NOON.plus(Duration.ofHours(1));

    @SuppressWarnings("NullAway.Init")
    private WebhookServer server;

    @BeforeEach
    void start() throws IOException {
        server = new WebhookServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private NotificationReceiver notifier() {
        return notifier(Duration.ofMinutes(10));
    }

    private NotificationReceiver notifier(Duration atMostEvery) {
        NotificationRule rule = new NotificationRule("door", new ResultFilter(Set.of(), Set.of(), Set.of("person"), 0),
                null, atMostEvery, server.address(), "home/door", true);
        return new NotificationReceiver(rule,
                new NotificationReceiver.NotificationParts(redis.partition(), () -> fence, (topic, _) -> {
                    if (brokerIsThere) {
                        topics.add(topic);
                    }
                    return brokerIsThere;
                }, _ -> Optional.of(new byte[]{1, 2, 3}), () -> now), new DeliveryCounts(1));
    }

    private static StoredResult person(int minute) {
        return person("door", minute);
    }

    private static StoredResult person(String camera, int minute) {
        return Results.of(NOON.plus(Duration.ofMinutes(minute)), camera, "p", "[{\"label\": \"person\"}]");
    }

    private static int told(NotificationReceiver notifier, StoredResult... results) throws InterruptedException {
        return notifier.deliver(List.of(results));
    }

    @Test
    void allReceiversGetTheFindingsWithThePicture() throws InterruptedException {
        assertThat(told(notifier(), person(0), person(5), person(10))).isEqualTo(3);
        assertThat(server.bodies()).hasSize(2);
        assertThat(topics).containsExactly("home/door", "home/door");
        ObjectNode body = Objects.requireNonNull(
                Json.object(server.bodies().getFirst().getBytes(StandardCharsets.UTF_8)));
        assertThat(body.path("notification").asText()).isEqualTo("door");
        assertThat(body.path("camera").asText()).isEqualTo("door");
        assertThat(body.path("picture").asText()).isEqualTo("AQID");
        assertThat(body.at("/findings/0/label").asText()).isEqualTo("person");
    }

    @Test
    void aRestartRepeatsNothing() throws InterruptedException {
        told(notifier(), person(0));
        told(notifier(), person(0), person(9));
        assertThat(server.bodies()).hasSize(1);
    }

    @Test
    void whatAnotherInstanceSentMeanwhileCounts() throws InterruptedException {
        NotificationReceiver notifier = notifier();
        told(notifier, person(0));
        NotificationStore.sent(redis.connection(), KEYS, "door", NOON.plus(Duration.ofMinutes(15)));
        fence = 2;
        told(notifier, person(20));
        assertThat(server.bodies()).hasSize(1);
    }

    @Test
    void aReceiverThatIsAwayGetsItLaterAndTheOtherOnlyOnce() throws InterruptedException {
        NotificationReceiver notifier = notifier();
        brokerIsThere = false;
        assertThat(told(notifier, person(0))).isZero();
        assertThat(told(notifier, person(0))).isZero();
        brokerIsThere = true;
        assertThat(told(notifier, person(0))).isOne();
        assertThat(server.bodies()).hasSize(1);
        assertThat(topics).hasSize(1);
    }

    @Test
    void whileAReceiverIsAwayTheOtherIsToldOnceByAllPartitions() throws InterruptedException {
        NotificationReceiver notifier = notifier();
        brokerIsThere = false;
        assertThat(told(notifier, person("door", 0))).isZero();
        assertThat(told(notifier, person("yard", 1))).as("so soon after the first").isOne();
        assertThat(told(notifier, person("door", 0))).isZero();
        brokerIsThere = true;
        assertThat(told(notifier, person("door", 0))).isOne();
        assertThat(server.bodies()).hasSize(1);
        assertThat(topics).hasSize(1);
    }

    @Test
    void eachPartitionRemembersWhoWasTold() throws InterruptedException {
        NotificationReceiver notifier = notifier(Duration.ZERO);
        brokerIsThere = false;
        for (int attempt = 0; attempt < 3; attempt++) {
            assertThat(told(notifier, person("door", 0))).isZero();
            assertThat(told(notifier, person("yard", 0))).isZero();
        }
        brokerIsThere = true;
        assertThat(told(notifier, person("yard", 0))).isOne();
        assertThat(told(notifier, person("door", 0))).isOne();
        assertThat(server.bodies()).hasSize(2);
        assertThat(topics).hasSize(2);
    }

    @Test
    void aClockThatWasAheadSilencesNoRule() throws InterruptedException {
        NotificationStore.sent(redis.connection(), KEYS, "door", NOON.plus(Duration.ofDays(365)));
        told(notifier(), person((int) Duration.ofDays(365).toMinutes()));
        assertThat(server.bodies()).hasSize(1);
        assertThat(NotificationStore.lastSent(redis.connection(), KEYS, "door")).contains(now);
        assertThat(NotificationStore.lastMatched(redis.connection(), KEYS, "door")).contains(now);
    }

    @Test
    void aMatchIsRecordedEvenIfNobodyIsTold() throws InterruptedException {
        NotificationReceiver notifier = notifier();
        told(notifier, Results.of(NOON, "door", "p", "[{\"label\": \"dog\"}]"));
        assertThat(NotificationStore.lastMatched(redis.connection(), KEYS, "door")).isEmpty();
        told(notifier, person(0), person(5));
        assertThat(NotificationStore.lastMatched(redis.connection(), KEYS, "door"))
                .contains(NOON.plus(Duration.ofMinutes(5)));
        assertThat(NotificationStore.lastSent(redis.connection(), KEYS, "door")).contains(NOON);
    }
}
