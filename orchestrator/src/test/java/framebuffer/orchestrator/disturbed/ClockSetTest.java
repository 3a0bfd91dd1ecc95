package framebuffer.orchestrator.disturbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import framebuffer.orchestrator.Orchestrator;
import framebuffer.orchestrator.Orchestrator.ProcessorMonitoring;
import framebuffer.orchestrator.Site;
import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.contract.CheckedClient;
import framebuffer.orchestrator.api.server.ApiServer;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.orchestrator.processors.health.CircuitPolicy.CircuitThresholds;
import framebuffer.orchestrator.processors.polls.HealthPoller;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.testkit.FakeClock;
import framebuffer.wire.frame.ReturnedFrame.ReturnReason;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When Redis's clock is set while the service runs, timeouts of seconds still take seconds, and nothing else happens. */
class ClockSetTest {
    private static final int INTERVAL = 2;

    private FakeClock clock;
    private EmbeddedRedis redis;
    private Site site;
    private Orchestrator service;
    private CheckedClient client;

    @BeforeEach
    void start(@TempDir Path folder) {
        String missing = FakeClock.missing().orElse("");
        if (System.getenv("CI") == null) {
            assumeTrue(missing.isEmpty(), "needs " + missing);
        }
        assertThat(missing).as("to be installed").isEmpty();
        clock = FakeClock.immediateIn(folder);
        redis = EmbeddedRedis.start(folder.resolve("data"), EmbeddedRedis.freePort(), List.of(), clock.program());
        site = new Site(redis.address());
        Pipeline.Settings way = new Pipeline.Settings(redis.address(), Site.KEYS, Site.GROUP, "one",
                RoutingStrategy.LEAST_LOADED, Pump.PipelineLimits.DEFAULT, Pipeline.FlowControl.DEFAULT);
        service = Orchestrator.start(new Orchestrator.Settings(way, RegistrationPolicy.RegistrationLimits.DEFAULT,
                new ProcessorMonitoring(CircuitThresholds.DEFAULT, HealthPoller.PollSettings.DEFAULT,
                        Duration.ofMinutes(10)),
                new ApiServer.Settings("127.0.0.1", 0, ApiTokens.NONE), 500, "test"), OpenTelemetry.noop(),
                InstantSource.system());
        client = new CheckedClient(service.port());
    }

    @AfterEach
    void stop() {
        if (service != null) {
            service.close();
            site.close();
            redis.close();
        }
    }

    private void register(String id) {
        register(id, INTERVAL);
    }

    private void register(String id, int interval) {
        assertThat(client.post("/processors/register", "{\"id\": \"" + id
                + "\", \"capabilities\": [\"face\"], \"capacity\": 100, \"heartbeat_interval\": " + interval
                + "}").status()).isEqualTo(201);
    }

    private void beats(String id) {
        assertThat(client.post("/processors/" + id + "/heartbeat", "{\"status\": \"healthy\"}").status())
                .isEqualTo(200);
    }

    private String status(String id) {
        return client.get("/processors/" + id + "/health").json().path("status").asText();
    }

    private List<StreamEntry> given(String id, int frames) {
        IntStream.range(0, frames).forEach(i -> site.capture("f" + i, "cam", "face"));
        Await.until("it has its frames", () -> {
            beats(id);
            return site.length("frames:ready:" + id) == frames;
        });
        return site.read(id, frames);
    }

    private void balances() {
        Await.until("it balances", () -> service.ledger().balanced());
    }

    @ParameterizedTest
    @ValueSource(ints = {-3_600, 3_600, -86_400})
    void oneThatDiesIsUnhealthyAndEmptiedAsWithout(int seconds) {
        register("dies");
        given("dies", 8);
        register("lives");
        clock.jump(seconds);
        // Two intervals, and as long again for a busy machine.
        Duration most = Duration.ofSeconds(4 * INTERVAL);
        Await.within(most, "it is unhealthy", () -> {
            beats("lives");
            return status("dies").equals("unhealthy");
        });
        Await.within(most, "its frames are with the other", () -> {
            beats("lives");
            return site.length("frames:ready:lives") == 8 && site.length("frames:ready:dies") == 0;
        });
        balances();
    }

    @ParameterizedTest
    @ValueSource(ints = {-3_600, 3_600, 86_400})
    void thoseThatLiveKeepWhatTheyHaveAndNothingIsCharged(int seconds) {
        // Long enough for a busy machine: only the jump may make it look silent.
        register("a", 10 * INTERVAL);
        List<StreamEntry> held = given("a", 8);
        clock.jump(seconds);
        beats("a");
        Await.until("it is seen to be healthy by the clock as it is now", () -> {
            beats("a");
            long now = site.now().toEpochMilli();
            return status("a").equals("healthy")
                    && Math.abs(now - client.get("/processors/a").json().path("last_seen").asLong(now)) < 10_000;
        });
        site.finish("a", held.getLast());
        site.capture("next", "cam", "face");
        Await.until("the next one is handed off", () -> {
            beats("a");
            return site.texts("frames:ready:a", "frame_id").contains("next");
        });
        assertThat(site.texts("frames:ready:a", "attempt")).containsOnly("1").hasSize(8);
        assertThat(site.length(Site.KEYS.deadLetter())).isZero();
        balances();
    }

    @Test
    void whatIsPutOffComesBackWhenItShould() {
        register("a");
        site.giveBack("a", given("a", 1).getFirst(), ReturnReason.RETRY, Duration.ofSeconds(3));
        clock.jump(-3_600);
        Await.until("it is handed off again", () -> {
            beats("a");
            return site.length("frames:ready:a") == 1;
        });
        balances();
    }

    @ParameterizedTest
    @ValueSource(ints = {-172_800, 172_800})
    void resultsAndHistoryAreKeptThroughAChangeThatIsTakenBack(int seconds) {
        long now = site.now().toEpochMilli();
        long minute = now / 60_000;
        for (int i = 1; i <= 200; i++) {
            site.redis.call("XADD", Site.KEYS.results(), (now - 3_600_000 + i) + "-0", "frame_id", "f" + i);
            site.redis.call("HSET", Site.KEYS.history(), minute - i, "{}");
        }
        claimed("before the change");
        clock.jump(seconds);
        claimed("by the wrong clock");
        clock.jump(0);
        claimed("by the right clock");
        assertThat(site.redis.call("HMGET", Site.KEYS.history(), minute - 1, minute - 100, minute - 170, minute - 200))
                .asInstanceOf(InstanceOfAssertFactories.LIST).doesNotContainNull();
        assertThat(site.length(Site.KEYS.results())).isEqualTo(200);
    }

    /** Waits until the service has looked at the history at the present time of Redis. */
    private void claimed(String when) {
        long begin = site.now().toEpochMilli();
        Await.until(when, () -> {
            Object writer = site.redis.call("HGET", Site.KEYS.history(), "writer");
            return writer != null && Math.abs(
                    Long.parseLong(Replies.text(writer).replaceFirst(" .*", "")) - begin - 10_000) < 10_000;
        });
    }
}
