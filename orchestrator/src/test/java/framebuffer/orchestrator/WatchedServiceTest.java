package framebuffer.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.orchestrator.Orchestrator.ProcessorMonitoring;
import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.contract.CheckedClient;
import framebuffer.orchestrator.api.server.ApiServer;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.orchestrator.processors.health.CircuitPolicy.CircuitThresholds;
import framebuffer.orchestrator.processors.polls.FakeEndpoint;
import framebuffer.orchestrator.processors.polls.HealthPoller;
import framebuffer.orchestrator.processors.polls.HealthPoller.AllowedPollHosts;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy;
import framebuffer.redis.StreamEntry;
import framebuffer.testkit.Await;
import framebuffer.wire.frame.Result.ResultStatus;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The whole service: a failing or silent processor gets no frames until it recovers. */
class WatchedServiceTest {
    @RegisterExtension
    static final RedisSite REDIS = new RedisSite();
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private final List<Orchestrator> running = new ArrayList<>();
    private Site site;
    private CheckedClient client;
    private int frames;

    @BeforeEach
    void start() {
        site = REDIS.site();
        client = new CheckedClient(instance("one", AllowedPollHosts.DEFAULT).port());
    }

    @AfterEach
    void stop() {
        running.forEach(Orchestrator::close);
    }

    private Orchestrator instance(String name, AllowedPollHosts hosts) {
        Pipeline.Settings way = new Pipeline.Settings(REDIS.address(), Site.KEYS, Site.GROUP, name,
                RoutingStrategy.LEAST_LOADED, Pump.PipelineLimits.DEFAULT, Pipeline.FlowControl.DEFAULT);
        ProcessorMonitoring watching = new ProcessorMonitoring(
                new CircuitThresholds(3, Duration.ofHours(1), 2, Duration.ofHours(1)),
                new HealthPoller.PollSettings(INTERVAL, Duration.ofSeconds(5), hosts), Duration.ofMinutes(10));
        Orchestrator one = Orchestrator.start(
                new Orchestrator.Settings(way, RegistrationPolicy.RegistrationLimits.DEFAULT,
                        watching, new ApiServer.Settings("127.0.0.1", 0, ApiTokens.NONE), 500, "test"),
                OpenTelemetry.noop(),
                InstantSource.system());
        running.add(one);
        return one;
    }

    private void register(String id, String endpoint) {
        assertThat(client.post("/processors/register", "{\"id\": \"" + id
                + "\", \"capabilities\": [\"face\"], \"capacity\": 100" + endpoint + "}").status()).isEqualTo(201);
    }

    private void register(String id, FakeEndpoint endpoint) {
        register(id, ", \"health_endpoint\": \"" + endpoint.url() + "\"");
    }

    private void capture(int some) {
        for (int i = 0; i < some; i++) {
            site.capture("f" + frames++, "cam", "face");
        }
    }

    private boolean shows(String id, String field, String text) {
        return client.get("/processors/" + id + "/health").json().path(field).asText().contains(text);
    }

    private String metrics() {
        return client.get("/metrics").text();
    }

    /** Reads and answers this many frames. */
    private void answer(String id, int some, ResultStatus status) {
        List<StreamEntry> held = new ArrayList<>();
        Await.until(id + " has " + some, () -> {
            held.addAll(site.read(id, some - held.size()));
            return held.size() == some;
        });
        held.forEach(one -> site.finish(id, one, status));
    }

    @Test
    void whoFailsThreeTimesGetsNoFramesUntilAFewHaveSucceeded() {
        register("a", "");
        register("b", "");
        capture(20);
        answer("a", 3, ResultStatus.ERROR);
        Await.until("its circuit is open", () -> shows("a", "circuit", "open"));
        assertThat(shows("a", "status", "unhealthy")).isTrue();
        assertThat(metrics()).contains("frame_buffer_circuit_state{processor_id=\"a\"} 2",
                "frame_buffer_processors{status=\"unhealthy\"} 1");
        capture(30);
        Await.until("all frames go to the other, unanswered ones included",
                () -> site.length("frames:ready:b") == 47 && site.length("frames:ready:a") == 0);
        assertThat(shows("a", "circuit", "open")).isTrue();
        site.redis.call("HSET", Site.KEYS.circuits(), "a", "open 1000 failures");
        Await.until("it is tried", () -> shows("a", "circuit", "half_open"));
        capture(30);
        Await.until("it gets as many as close it", () -> site.length("frames:ready:a") == 2);
        Await.until("the rest go elsewhere", () -> site.length("frames:capture") == 0);
        assertThat(site.length("frames:ready:a")).isEqualTo(2);
        answer("a", 2, ResultStatus.SUCCESS);
        Await.until("it is closed", () -> shows("a", "circuit", "closed"));
        capture(30);
        Await.until("it gets more", () -> site.length("frames:ready:a") > 2);
    }

    @Test
    void whenAllFailHalfOfThemGoOnAndTheServiceSaysSo() {
        for (String id : List.of("a", "b", "c", "d")) {
            register(id, "");
            site.redis.call("HSET", Site.KEYS.circuits(), id, "closed 3");
            Await.until("its circuit is open", () -> shows(id, "circuit", "open"));
        }
        Await.until("it is said",
                () -> client.get("/health").text().contains("still get frames although their circuits are open: c, d"));
        capture(40);
        Await.until("two get them", () -> site.length("frames:ready:c") + site.length("frames:ready:d") == 40);
        assertThat(site.length("frames:ready:a") + site.length("frames:ready:b")).isZero();
    }

    @Test
    void anEndpointThatStopsAnsweringIsSeenWithinTwoIntervals() {
        FakeEndpoint endpoint = new FakeEndpoint().answering(200, "{\"status\": \"healthy\"}");
        register("a", endpoint);
        Await.until("it answers", () -> shows("a", "health_poll", "answers well"));
        endpoint.close();
        long since = System.nanoTime();
        Await.until("unhealthy", () -> shows("a", "status", "unhealthy"));
        assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(INTERVAL.multipliedBy(2));
        assertThat(shows("a", "status_reason", "its health endpoint does not answer")).isTrue();
        client.post("/processors/a/heartbeat", "{}");
        assertThat(shows("a", "status", "unhealthy")).isTrue();
        try (FakeEndpoint again = new FakeEndpoint(endpoint.port())) {
            Await.until("well again", () -> shows("a", "status", "healthy") && again.calls() > 0);
        }
    }

    @Test
    void anEndpointThatAnswersBadlyDegradesAndOpensTheCircuit() {
        try (FakeEndpoint endpoint = new FakeEndpoint().answering(503, "")) {
            register("a", endpoint);
            Await.until("degraded", () -> shows("a", "status", "degraded"));
            assertThat(shows("a", "status_reason", "its health endpoint answers badly")).isTrue();
            Await.until("open", () -> shows("a", "circuit", "open"));
            assertThat(endpoint.calls()).isGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void eachEndpointIsPolledByOneInstanceAtATime() {
        instance("two", AllowedPollHosts.DEFAULT);
        instance("three", AllowedPollHosts.DEFAULT);
        try (FakeEndpoint endpoint = new FakeEndpoint()) {
            Instant began = site.now();
            register("a", endpoint);
            Await.until("three polls", () -> endpoint.calls() == 3);
            assertThat(Duration.between(began, site.now())).isGreaterThanOrEqualTo(INTERVAL.multipliedBy(2));
        }
    }

    @Test
    void anEndpointElsewhereIsNotPolledAndThatIsSaid() {
        register("a", ", \"health_endpoint\": \"http://169.254.169.254/latest\"");
        Await.until("it is said", () -> shows("a", "health_poll",
                "is not polled: its host is not allowed (health-hosts)"));
        assertThat(shows("a", "status", "healthy")).isTrue();
    }

    @Test
    void whoRegistersAnAddressDoesNotLearnWhatListensThere() throws IOException {
        try (FakeEndpoint missing = new FakeEndpoint().answering(404, "");
                FakeEndpoint failing = new FakeEndpoint().answering(503, "{\"inner\": 1}");
                ServerSocket noWebServer = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.startVirtualThread(() -> greet(noWebServer));
            register("missing", missing);
            register("failing", failing);
            register("other", ", \"health_endpoint\": \"http://127.0.0.1:" + noWebServer.getLocalPort() + "/\"");
            register("closed", ", \"health_endpoint\": \"http://127.0.0.1:1/\"");
            for (String bad : List.of("missing", "failing")) {
                Await.until("polled", () -> health(bad).path("health_poll").asText().equals("answers badly"));
                Await.until("degraded", () -> health(bad).path("status_reason").asText()
                        .matches("its health endpoint answers badly|.*circuit.*"));
            }
            for (String silent : List.of("other", "closed")) {
                Await.until("polled", () -> health(silent).path("health_poll").asText().equals("does not answer"));
                Await.until("unhealthy", () -> health(silent).path("status_reason").asText()
                        .equals("its health endpoint does not answer"));
            }
        }
    }

    private JsonNode health(String id) {
        return client.get("/processors/" + id + "/health").json();
    }

    /** A server of another protocol. */
    private static void greet(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket caller = server.accept()) {
                caller.getOutputStream().write("SSH-2.0-secret\r\n".getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                // The caller has hung up, or the test is over.
            }
        }
    }
}
