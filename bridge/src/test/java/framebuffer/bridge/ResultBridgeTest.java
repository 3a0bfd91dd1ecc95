package framebuffer.bridge;

import static framebuffer.bridge.BridgeRedis.KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.bridge.ResultBridge.BridgeSettings;
import framebuffer.bridge.notifications.NotificationRule;
import framebuffer.bridge.results.CatchUpPolicy;
import framebuffer.bridge.results.ResultFilter;
import framebuffer.bridge.testing.WebhookServer;
import framebuffer.bridge.webhook.ResultWebhook.WebhookSettings;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.testkit.Await;
import framebuffer.wire.Partitioning;
import framebuffer.wire.text.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** From a result in Redis to a webhook and to a notification. */
class ResultBridgeTest {
    @RegisterExtension
    static final BridgeRedis redis = new BridgeRedis();
    private static final byte[] JPEG = {(byte) 0xFF, (byte) 0xD8, 1, 2};

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

    private static ResultBridge bridge(@Nullable WebhookSettings webhook) {
        return ResultBridge.start(new BridgeSettings(null, webhook, CatchUpPolicy.DEFAULT, null),
                PartitionLayout.of(redis.partition().redis(), Partitioning.whole("")), InstantSource.system());
    }

    private NotificationRule rule(String name, String label, Duration every) {
        return new NotificationRule(name, new ResultFilter(Set.of(), Set.of(), Set.of(label), 0.5), null, every,
                server.address(), null, true);
    }

    private static void awaitCursor(String reader) {
        Await.until("the cursor is there",
                () -> redis.connection().call("HGET", KEYS.resultCursors(), "cursor:" + reader) != null);
    }

    @Test
    void withoutReceiversNothingIsWrittenToRedis() {
        bridge(null).close();
        assertThat(redis.connection().call("DBSIZE")).isEqualTo(0L);
    }

    @Test
    void resultsReachTheWebhookAlsoThoseOfAnOutage() {
        try (ResultBridge bridge = bridge(new WebhookSettings(server.address(), ResultFilter.ALL))) {
            awaitCursor("webhook");
            server.answer(503);
            redis.found("f1", "door", "person", 0.9);
            Await.until("it was tried", () -> server.requests() > 0);
            server.answer(204);
            Await.until("it is there", () -> server.bodies().size() == 1);
            assertThat(Objects.requireNonNull(bridge.counts().get("webhook")).failed()).isPositive();
            assertThat(bridge.publishes()).isTrue();
        }
    }

    @Test
    void aRuleThatJoinsIsFollowedWithPicturesUntilItLeaves() {
        try (ResultBridge bridge = bridge(null)) {
            bridge.follow(List.of(rule("door", "person", Duration.ZERO)));
            awaitCursor("notification door");
            redis.connection().call("SET", KEYS.pixels("f1"), JPEG);
            redis.found("f0", "door", "dog", 0.9);
            redis.found("f1", "door", "person", 0.9);
            Await.until("somebody is told", () -> server.bodies().size() == 1);
            assertThat(Objects.requireNonNull(Json.object(server.bodies().getFirst().getBytes(StandardCharsets.UTF_8)))
                    .path("picture").asText()).isEqualTo(Base64.getEncoder().encodeToString(JPEG));
            bridge.follow(List.of(rule("dogs", "dog", Duration.ZERO)));
            awaitCursor("notification dogs");
            redis.found("f2", "door", "person", 0.9);
            redis.found("f3", "door", "dog", 0.9);
            Await.until("the other rule notifies", () -> server.bodies().size() == 2);
            assertThat(server.bodies().getLast()).contains("\"notification\":\"dogs\"").doesNotContain("picture");
            assertThat(bridge.counts()).containsOnlyKeys("notification dogs");
        }
    }

    @Test
    void anotherInstanceMayPublishAfterTheLastReceiverHasLeft() {
        try (ResultBridge bridge = bridge(null)) {
            bridge.follow(List.of(rule("door", "person", Duration.ZERO)));
            awaitCursor("notification door");
            bridge.follow(List.of(rule("dogs", "dog", Duration.ZERO)));
            assertThat(bridge.publishes()).isTrue();
            bridge.follow(List.of());
            assertThat(bridge.publishes()).isFalse();
            assertThat(redis.connection().call("EXISTS", KEYS.publisherLease())).isEqualTo(0L);
            bridge.follow(List.of(rule("dogs", "dog", Duration.ZERO)));
            Await.until("it publishes again", bridge::publishes);
        }
    }

    @Test
    void aRuleThatIsAwayHoldsUpNoOther() throws IOException {
        try (WebhookServer away = new WebhookServer(); ResultBridge bridge = bridge(null)) {
            away.answer(500);
            bridge.follow(List.of(rule("here", "person", Duration.ZERO),
                    new NotificationRule("away", ResultFilter.ALL, null, Duration.ZERO, away.address(), null, false)));
            awaitCursor("notification here");
            awaitCursor("notification away");
            redis.found("f1", "door", "person", 0.9);
            redis.found("f2", "door", "person", 0.9);
            Await.until("both came", () -> server.bodies().size() == 2);
            assertThat(away.bodies()).isEmpty();
        }
    }
}
