package framebuffer.orchestrator.observability.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import framebuffer.orchestrator.api.contract.Contract;
import framebuffer.testkit.Await;
import framebuffer.testkit.IncompleteAnswers;
import framebuffer.wire.SecretAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class AlertWebhookTest {
    private static final Instant START = Observations.START;
    private static final Alert CUT_OFF = new Alert(AlertRule.CIRCUIT_OPEN, "face-1", START, "gets no frames");
    private static final Alert LOST = new Alert(AlertRule.FRAMES_LOST, "", START, "3 frames vanished");

    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch answering = new CountDownLatch(1);
    private volatile int status = 200;
    private volatile boolean slow;
    private volatile boolean arrived;
    @SuppressWarnings("NullAway.Init")
    private HttpServer receiver;
    @SuppressWarnings("NullAway.Init")
    private AlertWebhook webhook;

    @BeforeEach
    void start() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.setExecutor(threads);
        receiver.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            arrived = true;
            if (slow) {
                try {
                    answering.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
            received.add(body);
        });
        receiver.start();
        webhook = webhook(Duration.ofHours(4));
    }

    private AlertWebhook webhook(Duration again) {
        AlertWebhook one = new AlertWebhook(
                new AlertWebhook.WebhookReceiver(
                        new SecretAddress("http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook?key=s3cret"),
                        again, Duration.ofMillis(20)),
                "box-8002", InstantSource.fixed(START.plusSeconds(60)));
        one.start();
        return one;
    }

    @AfterEach
    void stop() {
        answering.countDown();
        webhook.close();
        receiver.stop(0);
        threads.shutdownNow();
    }

    private JsonNode next() throws InterruptedException {
        String body = received.poll(20, TimeUnit.SECONDS);
        assertThat(body).as("nothing was received within 20 s").isNotNull();
        return Contract.json(String.valueOf(body));
    }

    @Test
    void whatBeginsAndWhatEndsIsToldInTheFormOfAlertmanager() throws InterruptedException {
        webhook.changed(List.of(CUT_OFF));
        JsonNode begins = next();
        assertThat(begins.path("version").asText()).isEqualTo("4");
        assertThat(begins.path("status").asText()).isEqualTo("firing");
        assertThat(begins.path("receiver").isTextual() && begins.path("groupKey").isTextual()).isTrue();
        assertThat(begins.path("groupLabels").isObject() && begins.path("commonAnnotations").isObject()).isTrue();
        assertThat(begins.at("/commonLabels/instance").asText()).isEqualTo("box-8002");
        JsonNode alert = begins.at("/alerts/0");
        assertThat(alert.path("status").asText()).isEqualTo("firing");
        assertThat(alert.path("labels")).hasToString("{\"alertname\":\"CircuitOpen\",\"severity\":\"warning\","
                + "\"job\":\"frame-buffer\",\"instance\":\"box-8002\",\"processor_id\":\"face-1\"}");
        assertThat(alert.at("/annotations/runbook").asText()).isEqualTo("docs/runbooks/circuit-open.md");
        assertThat(alert.path("startsAt").asText()).isEqualTo("2026-11-25T12:00:00.000000Z");
        assertThat(alert.path("endsAt").asText()).isEqualTo("0001-01-01T00:00:00Z");

        webhook.changed(List.of(LOST));
        JsonNode other = next();
        assertThat(other.path("status").asText()).isEqualTo("firing");
        assertThat(other.at("/alerts/0/labels/alertname").asText()).isEqualTo("FramesLost");
        assertThat(other.at("/alerts/1/status").asText()).isEqualTo("resolved");
        assertThat(other.at("/alerts/1/endsAt").asText()).isEqualTo("2026-11-25T12:01:00.000000Z");
        assertThat(other.at("/alerts/1/fingerprint")).isEqualTo(alert.path("fingerprint"));

        webhook.changed(List.of());
        assertThat(next().path("status").asText()).isEqualTo("resolved");
    }

    @Test
    void whatIsRefusedIsToldAgainUntilItIsTakenAndItsTroubleIsSaid() throws InterruptedException {
        status = 500;
        webhook.changed(List.of(CUT_OFF));
        next();
        Await.until("its trouble is said", () -> webhook.trouble().isPresent());
        assertThat(webhook.trouble()).hasValue("it answers with status 500");
        status = 200;
        assertThat(next().at("/alerts/0/labels/alertname").asText()).isEqualTo("CircuitOpen");
        Await.until("its trouble is over", () -> webhook.trouble().isEmpty());
    }

    @Test
    void whoIsSlowGetsTheLatestStateAndHoldsNobodyUp() throws InterruptedException {
        slow = true;
        webhook.changed(List.of(CUT_OFF));
        Await.until("the first has arrived", () -> arrived);
        for (int i = 0; i < 1_000; i++) {
            webhook.changed(List.of(CUT_OFF, LOST));
            webhook.changed(List.of(LOST));
        }
        answering.countDown();
        assertThat(next().path("alerts")).hasSize(1);
        assertThat(next().at("/alerts/0/labels/alertname").asText()).isEqualTo("FramesLost");
        webhook.changed(List.of());
        assertThat(next().path("status").asText()).isEqualTo("resolved");
    }

    @Test
    void whatStillFiresIsToldAgainAfterSomeTime() throws InterruptedException {
        webhook.close();
        webhook = webhook(Duration.ofMillis(50));
        webhook.changed(List.of(CUT_OFF));
        assertThat(next()).isEqualTo(next());
    }

    @Test
    void whoIsAwayIsSaidToBeWithoutTheSecretInItsAddress() {
        receiver.stop(0);
        webhook.changed(List.of(CUT_OFF));
        Await.until("its trouble is said", () -> webhook.trouble().isPresent());
        assertThat(webhook.trouble().orElseThrow()).startsWith("it does not answer").doesNotContain("s3cret");
        assertThat(new AlertWebhook.WebhookReceiver(new SecretAddress("http://x/s3cret")).toString())
                .doesNotContain("s3cret");
    }

    /** The status is the answer; a receiver that never sends the rest of it gets the next alerts all the same. */
    @Test
    @Timeout(30)
    void aReceiverWhoseAnswerNeverEndsHasTheAlerts() throws IOException {
        try (IncompleteAnswers stalled = new IncompleteAnswers();
                AlertWebhook one = new AlertWebhook(new AlertWebhook.WebhookReceiver(
                        new SecretAddress(stalled.url())), "box-8002", InstantSource.fixed(START))) {
            one.start();
            one.changed(List.of(CUT_OFF));
            Await.until("the first alert is there", () -> stalled.hasAnswered(1));
            one.changed(List.of(LOST));
            Await.within(Duration.ofSeconds(20), "the next alert is there", () -> stalled.hasAnswered(2));
        }
    }
}
