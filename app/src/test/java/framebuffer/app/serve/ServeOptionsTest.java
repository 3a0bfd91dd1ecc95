package framebuffer.app.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.app.keys.Durations;
import framebuffer.app.settings.Unusable;
import framebuffer.orchestrator.FrameWay;
import framebuffer.orchestrator.Orchestrator;
import framebuffer.orchestrator.admission.Starvation;
import framebuffer.orchestrator.admission.Window;
import framebuffer.orchestrator.affinity.Placing;
import framebuffer.orchestrator.alerts.AlertWebhook;
import framebuffer.orchestrator.alerts.Alerting;
import framebuffer.orchestrator.api.ApiServer;
import framebuffer.orchestrator.breaker.CircuitPolicy.Thresholds;
import framebuffer.orchestrator.freshness.Freshness;
import framebuffer.orchestrator.journal.JournalWriter;
import framebuffer.orchestrator.registry.RegistrationPolicy;
import framebuffer.orchestrator.routing.RoutingStrategy;
import framebuffer.orchestrator.watch.EndpointPolls;
import framebuffer.orchestrator.watch.HealthHosts;
import framebuffer.streams.Patience;
import framebuffer.streams.RedisAddress;
import framebuffer.streams.handoff.HandOff;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import framebuffer.wire.control.CameraPolicy.Keep;
import framebuffer.wire.secret.Secret;
import framebuffer.wire.secret.SecretAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ServeOptionsTest {

    private static ServeOptions parsed(String line) {
        ServeCommand command = new ServeCommand();
        new CommandLine(command).registerConverter(Duration.class, Durations::parse)
                .registerConverter(RedisAddress.class, RedisAddress::parse)
                .registerConverter(Secret.class, Secret::new)
                .registerConverter(SecretAddress.class, SecretAddress::new)
                .registerConverter(RoutingStrategy.class, RoutingStrategy::named)
                .setCaseInsensitiveEnumValuesAllowed(true).parseArgs(line.isEmpty() ? new String[0] : line.split(" "));
        return command.options();
    }

    private static Orchestrator.Settings settings(String line) {
        ServeOptions options = parsed(line);
        return options.settings(RedisAddress.local(1).with(options.redis().patience()));
    }

    @Test
    void unlessToldOtherwiseTheServiceRunsByTheDefaultsOfItsParts() {
        Orchestrator.Settings settings = settings("");
        assertThat(settings.frames().bounds()).isEqualTo(FrameWay.Bounds.DEFAULT);
        assertThat(settings.frames().steering()).isEqualTo(FrameWay.Steering.DEFAULT);
        assertThat(settings.frames().letters()).isEqualTo(FrameWay.Letters.DEFAULT);
        assertThat(settings.frames().redis().patience()).isEqualTo(Patience.DEFAULT);
        assertThat(settings.frames().keys()).isEqualTo(Keys.DEFAULT);
        assertThat(settings.processors()).isEqualTo(RegistrationPolicy.Limits.DEFAULT);
        assertThat(settings.watching()).isEqualTo(Orchestrator.Watching.DEFAULT);
        assertThat(settings.api()).isEqualTo(new ApiServer.Settings("127.0.0.1", 8002, null));
    }

    @Test
    void everyOptionOfHealthReachesItsPart() {
        assertThat(settings("--failure-threshold 1 --recovery-timeout 2s --success-threshold 3 --stall-timeout 4s"
                + " --forget-after 5s --health-check-interval 6s --health-check-timeout 7s --health-hosts a,::1")
                .watching())
                .isEqualTo(new Orchestrator.Watching(
                        new Thresholds(1, Duration.ofSeconds(2), 3, Duration.ofSeconds(4)),
                        new EndpointPolls.Settings(Duration.ofSeconds(6), Duration.ofSeconds(7),
                                new HealthHosts(List.of("a", "::1"))),
                        Duration.ofSeconds(5)));
    }

    @Test
    void alertsGoToTheWebhookThatIsGiven() {
        assertThat(settings("--alert-webhook https://hooks.example/x?key=y").watching().alerting())
                .isEqualTo(new Alerting(framebuffer.orchestrator.alerts.Thresholds.DEFAULT,
                        new AlertWebhook.Settings(new SecretAddress("https://hooks.example/x?key=y"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3cret", "ftp://host/s3cret", "http:///s3cret", "http://[s3cret"})
    void whatIsNoAddressOfAWebhookIsRefusedWithoutBeingShown(String given) {
        assertThatThrownBy(() -> settings("--alert-webhook " + given)).isInstanceOf(Unusable.class)
                .hasMessageStartingWith("--alert-webhook must be").hasMessageNotContaining("s3cret");
    }

    @Test
    void everyOptionReachesItsPart() {
        Orchestrator.Settings settings = settings(
                "--keep latest --max-age 16s --camera-policies-max 17 --camera-retention 23h --backpressure-check-interval 100ms --shed-max 18 --deferred-max 28 --starvation-threshold 14 --starvation-age 15s --affinity-max-cameras 12 --affinity-forget-after 13s --processing-timeout 2s --foreign-group-retention 3s --instance-lease 19s --window 110 --window-bytes 2000000 --batch-size 7 --max-attempts 3 --dead-letter-max 8 --unroutable-timeout 19s --dead-letter-retention 20m --journey-retention 21m --journey-size 22"
                        + " --ledger-max-fields 900 --consumer-group g --instance-id i --routing-strategy round_robin"
                        + " --key-prefix {p0} --max-processors 2 --takeover-after 9s --metrics.max-cameras 4 --host 127.0.0.2"
                        + " --port 5 --allowed-hosts fb.lan --max-connections 6 --max-body-bytes 2048 --idle-timeout 10s --redis-timeout 1s"
                        + " --redis-reconnect-min 20ms --redis-reconnect-max 2s");
        RedisAddress redis = RedisAddress.local(1)
                .with(new Patience(Duration.ofSeconds(1), Duration.ofMillis(20), Duration.ofSeconds(2)));
        FrameWay.Bounds bounds = new FrameWay.Bounds(new Window.Limit(110, 2_000_000),
                new Starvation(14, Duration.ofSeconds(15)), 7, 3,
                Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(19),
                new HandOff.Limits(900, 8, 18, 28), new Placing.Limits(12, Duration.ofSeconds(13)));
        assertThat(settings.frames()).isEqualTo(
                new FrameWay.Settings(redis, new Keys("{p0}"), "g", "i", RoutingStrategy.ROUND_ROBIN, bounds,
                        new FrameWay.Steering(new Freshness(Keep.LATEST, Duration.ofSeconds(16)), 17,
                                Duration.ofMillis(100), Duration.ofHours(23)),
                        new FrameWay.Letters(Duration.ofSeconds(19), Duration.ofMinutes(20)),
                        new JournalWriter.Settings(Duration.ofMinutes(21), 22L << 20)));
        assertThat(settings.processors()).isEqualTo(new RegistrationPolicy.Limits(2, Duration.ofSeconds(9)));
        assertThat(settings.api()).isEqualTo(new ApiServer.Settings("127.0.0.2", 5, null,
                List.of("fb.lan"), new ApiServer.Bounds(6, 2048, Duration.ofSeconds(10))));
        assertThat(settings.maxCameras()).isEqualTo(4);
    }

    @Test
    void partitionsAreToldApartByTheirPrefixes() {
        assertThat(settings("--partitions 1 --key-prefix a:").partitioning()).isEqualTo(Partitioning.whole("a:"));
        assertThat(settings("--partitions 4 --key-prefix a:").partitioning()).isEqualTo(Partitioning.tagged("a:", 4));
        assertThatThrownBy(() -> settings("--partitions 4 --key-prefix {a}")).isInstanceOf(Unusable.class)
                .hasMessageContaining("must not contain {");
    }
}
