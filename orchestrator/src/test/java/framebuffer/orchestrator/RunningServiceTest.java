package framebuffer.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.contract.CheckedClient;
import framebuffer.orchestrator.api.server.ApiServer;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy;
import framebuffer.redis.RedisAddress;
import framebuffer.testkit.Await;
import framebuffer.wire.Secret;
import framebuffer.wire.frame.ReturnedFrame;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a running service says of itself: rights that it lacks, series of processors, deferred frames, memory of Redis. */
class RunningServiceTest {
    @RegisterExtension
    static final RedisSite REDIS = new RedisSite();
    private static final Path CONFIGURATION = Path.of("../docs/configuration.md");
    private static final String RULES = "ACL SETUSER frame-buffer ";

    private final List<Orchestrator> started = new ArrayList<>();
    private Site site;

    @BeforeEach
    void open() {
        site = REDIS.site();
    }

    @AfterEach
    void stop() {
        started.forEach(Orchestrator::close);
        site.redis.call("CONFIG", "SET", "maxmemory", 0);
        site.redis.call("CONFIG", "SET", "maxmemory-policy", "noeviction");
    }

    private CheckedClient start(RedisAddress address) {
        Orchestrator service = Orchestrator.start(new Orchestrator.Settings(
                new Pipeline.Settings(address, Site.KEYS, Site.GROUP, "one", RoutingStrategy.LEAST_LOADED,
                        Pump.PipelineLimits.DEFAULT, Pipeline.FlowControl.DEFAULT),
                RegistrationPolicy.RegistrationLimits.DEFAULT, Orchestrator.ProcessorMonitoring.DEFAULT,
                new ApiServer.Settings("127.0.0.1", 0, ApiTokens.NONE), 500, "test"),
                OpenTelemetry.noop(), InstantSource.system());
        started.add(service);
        return new CheckedClient(service.port());
    }

    /** A user with the rules that the documentation gives, and others. */
    private RedisAddress documentedUser(String... others) throws IOException {
        String documented = Files.readAllLines(CONFIGURATION).stream().filter(line -> line.startsWith(RULES))
                .findFirst().orElseThrow().substring(RULES.length());
        Object[] rules = Stream.of(Stream.of("SETUSER", "frame-buffer", "reset"), Stream.of(documented.split(" ", -1)),
                Stream.of(others)).flatMap(some -> some).toArray();
        site.redis.call("ACL", rules);
        RedisAddress there = REDIS.address();
        return new RedisAddress(there.host(), there.port(), false, "frame-buffer", new Secret("secret"), 0,
                there.patience());
    }

    private static void register(CheckedClient client, String id) {
        assertThat(client.post("/processors/register",
                "{\"id\": \"" + id + "\", \"capabilities\": [\"face\"], \"capacity\": 10}").status()).isEqualTo(201);
    }

    private void handsOff(CheckedClient client, String id) {
        register(client, id);
        IntStream.range(0, 3).forEach(i -> site.capture(id + "-" + i, "cam", "face"));
        Await.until("they are handed off", () -> site.length("frames:ready:" + id) == 3);
        site.read(id, 3).forEach(entry -> site.finish(id, entry));
    }

    private static String health(CheckedClient client) {
        return client.get("/health").json().toString();
    }

    @Test
    void theDocumentedRightsAreEnoughToHandOff() throws IOException {
        CheckedClient client = start(documentedUser());
        handsOff(client, "face-1");
        Await.until("it balances", () -> client.get("/frames/ledger").json().path("balanced").asBoolean()
                && client.get("/frames/ledger").json().at("/total/done").asInt() == 3);
        assertThat(client.get("/health").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"-xclaim, XCLAIM on frames:capture, +xclaim", "-hset, HSET on frame-buffer:ledger, +hset",
            "-set, SET on frame-buffer:, +set", "-exists, EXISTS on frames:capture, +exists"})
    void theHealthNamesTheMissingRight(String rule, String missing, String remedy) throws IOException {
        CheckedClient client = start(documentedUser(rule));
        Await.until("health says it", () -> health(client).contains(missing));
        assertThat(client.get("/health").status()).isEqualTo(503);
        assertThat(health(client)).contains("ACL SETUSER frame-buffer " + remedy);
        assertThat(site.redis.call("EXISTS", Site.KEYS.ledger(), Site.KEYS.instances())).isEqualTo(0L);
    }

    @Test
    void seriesOfDepartedProcessorsLeave() {
        CheckedClient client = start(REDIS.address());
        for (int generation = 0; generation < 3; generation++) {
            String pod = "pod-" + generation;
            handsOff(client, pod);
            Await.until("its series are there", () -> client.get("/metrics").text().contains("\"" + pod + "\""));
            assertThat(client.call("DELETE", "/processors/" + pod, BodyPublishers.noBody())
                    .status()).isEqualTo(204);
            Await.until("they leave", () -> !client.get("/metrics").text().contains("\"" + pod + "\""));
        }
    }

    @Test
    void deferredFramesAreAMetric() {
        CheckedClient client = start(REDIS.address());
        register(client, "face-1");
        IntStream.range(0, 7).forEach(i -> site.capture("f" + i, "cam", "face"));
        Await.until("they are handed off", () -> site.length("frames:ready:face-1") == 7);
        site.read("face-1", 7).forEach(entry -> site.giveBack("face-1", entry,
                ReturnedFrame.ReturnReason.RETRY, Duration.ofHours(1)));
        Await.until("they are counted",
                () -> client.get("/metrics").text().contains("frame_buffer_deferred_frames 7.0"));
    }

    @Test
    void theHealthNamesAPolicyThatEvictsAndWhatWasEvicted() {
        site.redis.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
        site.redis.call("SET", "others", "x".repeat(1 << 20));
        CheckedClient client = start(REDIS.address());
        Await.until("health says it", () -> health(client).contains("maxmemory-policy is allkeys-lru"));
        // Until the first connections are open, the service is unhealthy for another reason.
        Await.until("it is only degraded",
                () -> client.get("/health").json().path("status").asText().equals("degraded"));
        site.redis.call("CONFIG", "SET", "maxmemory", 1 << 20);
        Await.until("health counts evictions", () -> health(client).contains("keys it has evicted since it started"));
        assertThat(health(client)).contains("Redis has used");
        site.redis.call("CONFIG", "SET", "maxmemory", 0);
        site.redis.call("CONFIG", "SET", "maxmemory-policy", "noeviction");
        Await.until("it is over", () -> !health(client).contains("maxmemory-policy is"));
    }
}
