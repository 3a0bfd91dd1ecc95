package framebuffer.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.contract.CheckedClient;
import framebuffer.orchestrator.api.server.ApiServer;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy;
import framebuffer.testkit.Await;
import io.opentelemetry.api.OpenTelemetry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A service without traffic reports correct figures. */
class FreshServiceTest {
    @RegisterExtension
    static final RedisSite REDIS = new RedisSite();

    private Site site;
    private Orchestrator service;
    private CheckedClient client;

    private final CompletableFuture<Void> named = new CompletableFuture<>();

    @BeforeEach
    void start() {
        site = REDIS.site();
        service = Orchestrator.start(
                new Orchestrator.Settings(
                        new Pipeline.Settings(REDIS.address(), Site.KEYS, Site.GROUP, "one",
                                RoutingStrategy.LEAST_LOADED, Pump.PipelineLimits.DEFAULT,
                                Pipeline.FlowControl.DEFAULT),
                        RegistrationPolicy.RegistrationLimits.DEFAULT, Orchestrator.ProcessorMonitoring.DEFAULT,
                        new ApiServer.Settings("127.0.0.1", 0, ApiTokens.NONE), 500, "test"),
                OpenTelemetry.noop(), InstantSource.system(), named);
        client = new CheckedClient(service.port());
    }

    @AfterEach
    void stop() {
        service.close();
    }

    private String status() {
        return client.get("/health").json().path("status").asText();
    }

    @Test
    void itIsUnhealthyUntilItServesForTheFirstTimeAndHealthyFromThenOn() {
        Await.until("the registry is known", () -> check("registry").path("status").asText().equals("healthy"));
        assertThat(client.get("/health/ready").status()).isEqualTo(503);
        assertThat(check("start").path("detail").asText()).startsWith("the service starts");
        named.complete(null);
        List<String> seen = new ArrayList<>();
        Await.until("it is healthy, and stays so", () -> {
            seen.add(status());
            return Collections.frequency(seen, "healthy") == 50;
        });
        assertThat(seen.subList(seen.indexOf("healthy"), seen.size())).containsOnly("healthy");
    }

    private JsonNode check(String name) {
        return client.get("/health").json().path("checks").valueStream()
                .filter(check -> check.path("name").asText().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void withoutProcessorsItIsHealthyForAsLongAsNoFrameWaitsForOne() {
        named.complete(null);
        Await.until("it is healthy", () -> status().equals("healthy"));
        site.capture("f-1", "cam", "face");
        Await.until("a frame waits", () -> status().equals("degraded"));
        JsonNode checks = client.get("/health").json().path("checks");
        assertThat(checks).anySatisfy(check -> assertThat(check.path("detail").asText())
                .isEqualTo("no healthy processor is registered: frames wait"));
    }

    @Test
    void aPauseIsShownAsAPause() {
        named.complete(null);
        client.post("/control/pause", "");
        Await.until("it is told",
                () -> client.get("/metrics").text().lines().anyMatch(line -> line.equals("frame_buffer_paused 1.0")
                        || line.equals("frame_buffer_paused 1")));
        assertThat(client.get("/overview").json().path("control").path("paused_by").asText()).isEqualTo("operator");
        assertThat(status()).isEqualTo("healthy");
        client.post("/control/resume", "");
        Await.until("it goes on", () -> client.get("/metrics").text().lines()
                .anyMatch(line -> line.startsWith("frame_buffer_paused 0")));
    }
}
