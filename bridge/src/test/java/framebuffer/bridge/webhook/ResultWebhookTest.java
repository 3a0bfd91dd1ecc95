package framebuffer.bridge.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.bridge.results.DeliveryCounts;
import framebuffer.bridge.results.ResultFilter;
import framebuffer.bridge.testing.Results;
import framebuffer.bridge.testing.WebhookServer;
import framebuffer.testkit.IncompleteAnswers;
import framebuffer.wire.SecretAddress;
import framebuffer.wire.frame.StoredResult;
import framebuffer.wire.text.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResultWebhookTest {
    private static final StoredResult TWO = Results.of(Instant.EPOCH, "door", "cars",
            "[{\"label\": \"car\", \"score\": 0.9, \"box\": [1, 2, 3, 4]}, {\"label\": \"bus\", \"score\": 0.3}]");
    private static final StoredResult NOTHING = Results.of(Instant.EPOCH, "door", "cars", "[]");

    private final DeliveryCounts counts = new DeliveryCounts(1);

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

    private int deliver(ResultFilter filter, StoredResult... results) throws InterruptedException {
        try (ResultWebhook webhook = new ResultWebhook(new ResultWebhook.WebhookSettings(server.address(), filter),
                counts)) {
            return webhook.deliver(List.of(results));
        }
    }

    private ObjectNode received() {
        return Objects.requireNonNull(Json.object(server.bodies().getLast().getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void eachResultWithAFindingIsSent() throws InterruptedException {
        assertThat(deliver(ResultFilter.ALL, TWO, NOTHING, TWO)).isEqualTo(3);
        assertThat(server.bodies()).hasSize(2);
        assertThat(received().path("camera").asText()).isEqualTo("door");
        assertThat(received().at("/findings/1/label").asText()).isEqualTo("bus");
    }

    @Test
    void onlyFindingsThatPassTheFilterAreSent() throws InterruptedException {
        assertThat(deliver(new ResultFilter(Set.of("door"), Set.of("cars"), Set.of("car", "bus"), 0.5), TWO)).isOne();
        assertThat(received().path("findings")).hasSize(1);
        assertThat(received().path("count").asInt()).isOne();
        deliver(new ResultFilter(Set.of("yard"), Set.of(), Set.of(), 0), TWO);
        deliver(new ResultFilter(Set.of(), Set.of("faces"), Set.of(), 0), TWO);
        deliver(new ResultFilter(Set.of(), Set.of(), Set.of("dog"), 0), TWO);
        assertThat(server.requests()).isOne();
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 404, 429, 500, 503})
    void aReceiverThatIsAwayGetsTheResultLater(int status) throws InterruptedException {
        server.answer(status);
        assertThat(deliver(ResultFilter.ALL, NOTHING, TWO, TWO)).isOne();
        assertThat(server.requests()).as("no second attempt, and no redirect followed").isOne();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 413, 422})
    void aResultThatTheReceiverRefusesStopsNothing(int status) throws InterruptedException {
        server.answer(status);
        assertThat(deliver(ResultFilter.ALL, TWO, TWO)).isEqualTo(2);
        assertThat(counts.refused()).isEqualTo(2);
    }

    @Test
    void aReceiverThatDoesNotListenGetsTheResultLater() throws InterruptedException {
        server.close();
        assertThat(deliver(ResultFilter.ALL, TWO)).isZero();
    }

    /** The status is the answer; a receiver that never sends the rest of it must not hold up the others. */
    @Test
    @Timeout(30)
    void aReceiverWhoseAnswerNeverEndsHasTheResult() throws Exception {
        try (IncompleteAnswers receiver = new IncompleteAnswers();
                ResultWebhook webhook = new ResultWebhook(
                        new ResultWebhook.WebhookSettings(new SecretAddress(receiver.url()), ResultFilter.ALL),
                        counts)) {
            assertThat(webhook.deliver(List.of(TWO, TWO))).isEqualTo(2);
        }
    }
}
