package framebuffer.orchestrator.disturbed;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.Orchestrator;
import framebuffer.orchestrator.RedisSite;
import framebuffer.orchestrator.Site;
import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.server.ApiServer;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy;
import framebuffer.testkit.Await;
import io.opentelemetry.api.OpenTelemetry;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two processes under one instance name, as after a suspension: each frame is handed off by one of them. */
class NamesakeTest {
    @RegisterExtension
    static final RedisSite REDIS = new RedisSite();
    private Site site;

    @BeforeEach
    void open() {
        site = REDIS.site();
    }

    @Test
    void aFrameThatANamesakeReadIsHandedOff() {
        site.register("face-1", 10, "face");
        site.start("i1");
        site.capture("f0", "cam", "face");
        Await.until("the instance reads", () -> site.length("frames:ready:face-1") == 1);
        site.redis.transaction(List.of(
                List.of("XADD", Site.KEYS.capture(), "*", "frame_id", "f1", "camera_id", "cam", "detection_type",
                        "face"),
                List.of("XREADGROUP", "GROUP", Site.GROUP, "i1", "STREAMS", Site.KEYS.capture(), ">")));
        site.capture("f2", "cam", "face");
        Await.until("all are handed off", () -> site.length("frames:ready:face-1") == 3);
        assertThat(site.texts("frames:ready:face-1", "frame_id")).containsExactlyInAnyOrder("f0", "f1", "f2");
        assertThat(site.pending()).isZero();
    }

    @Test
    void noFrameIsReadBeforeTheNameIsThisInstances() {
        CompletableFuture<Void> named = new CompletableFuture<>();
        try (Orchestrator service = start(named)) {
            assertThat(service.ledger().total().captured()).isZero();
            assertThat(site.redis.call("EXISTS", Site.KEYS.capture())).isEqualTo(0L);
            named.complete(null);
            Await.until("it reads", () -> Long.valueOf(1).equals(site.redis.call("EXISTS", Site.KEYS.capture())));
        }
    }

    @Test
    void oneThatIsClosedBeforeItHasItsNameNeverReads() {
        CompletableFuture<Void> named = new CompletableFuture<>();
        start(named).close();
        named.complete(null);
        assertThat(site.redis.call("EXISTS", Site.KEYS.capture())).isEqualTo(0L);
    }

    private static Orchestrator start(CompletableFuture<Void> named) {
        return Orchestrator.start(new Orchestrator.Settings(
                new Pipeline.Settings(REDIS.address(), Site.KEYS, Site.GROUP, "one", RoutingStrategy.LEAST_LOADED,
                        Pump.PipelineLimits.DEFAULT, Pipeline.FlowControl.DEFAULT),
                RegistrationPolicy.RegistrationLimits.DEFAULT, Orchestrator.ProcessorMonitoring.DEFAULT,
                new ApiServer.Settings("127.0.0.1", 0, ApiTokens.NONE), 500, "test"), OpenTelemetry.noop(),
                InstantSource.system(), named);
    }
}
