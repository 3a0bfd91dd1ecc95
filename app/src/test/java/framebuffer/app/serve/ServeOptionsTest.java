package framebuffer.app.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.app.config.Durations;
import framebuffer.app.terminal.CannotRun;
import framebuffer.orchestrator.Orchestrator;
import framebuffer.orchestrator.api.ApiServer;
import framebuffer.orchestrator.flowcontrol.Freshness;
import framebuffer.orchestrator.observability.alerts.AlertWebhook;
import framebuffer.orchestrator.pipeline.AffinityTable;
import framebuffer.orchestrator.pipeline.JournalWriter;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump;
import framebuffer.orchestrator.pipeline.admission.Window;
import framebuffer.orchestrator.pipeline.admission.Window.Starvation;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.orchestrator.processors.health.CircuitPolicy.CircuitThresholds;
import framebuffer.orchestrator.processors.polls.HealthPoller;
import framebuffer.orchestrator.processors.polls.HealthPoller.AllowedPollHosts;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisAddress.ConnectTimeouts;
import framebuffer.redis.handoff.HandOff;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import framebuffer.wire.Secret;
import framebuffer.wire.SecretAddress;
import framebuffer.wire.control.CameraPolicy.Keep;
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
        assertThat(settings.frames().bounds()).isEqualTo(Pump.PipelineLimits.DEFAULT);
        assertThat(settings.frames().steering()).isEqualTo(Pipeline.FlowControl.DEFAULT);
        assertThat(settings.frames().letters()).isEqualTo(Pipeline.DeadLettering.DEFAULT);
        assertThat(settings.frames().redis().patience()).isEqualTo(ConnectTimeouts.DEFAULT);
        assertThat(settings.frames().keys()).isEqualTo(Keys.DEFAULT);
        assertThat(settings.processors()).isEqualTo(RegistrationPolicy.RegistrationLimits.DEFAULT);
        assertThat(settings.watching()).isEqualTo(Orchestrator.ProcessorMonitoring.DEFAULT);
        assertThat(settings.api()).isEqualTo(new ApiServer.Settings("127.0.0.1", 8002, null));
    }

    @Test
    void everyOptionOfHealthReachesItsPart() {
        assertThat(settings("--failure-threshold 1 --recovery-timeout 2s --success-threshold 3 --stall-timeout 4s"
                + " --forget-after 5s --health-check-interval 6s --health-check-timeout 7s --health-hosts a,::1")
                .watching())
                .isEqualTo(new Orchestrator.ProcessorMonitoring(
                        new CircuitThresholds(1, Duration.ofSeconds(2), 3, Duration.ofSeconds(4)),
                        new HealthPoller.PollSettings(Duration.ofSeconds(6), Duration.ofSeconds(7),
                                new AllowedPollHosts(List.of("a", "::1"))),
                        Duration.ofSeconds(5)));
    }

    @Test
    void alertsGoToTheWebhookThatIsGiven() {
        assertThat(settings("--alert-webhook https://hooks.example/x?key=y").watching().alertReceiver())
                .isEqualTo(new AlertWebhook.WebhookReceiver(new SecretAddress("https://hooks.example/x?key=y")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3cret", "ftp://host/s3cret", "http:///s3cret", "http://[s3cret"})
    void whatIsNoAddressOfAWebhookIsRefusedWithoutBeingShown(String given) {
        assertThatThrownBy(() -> settings("--alert-webhook " + given)).isInstanceOf(CannotRun.class)
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
                .with(new ConnectTimeouts(Duration.ofSeconds(1), Duration.ofMillis(20), Duration.ofSeconds(2)));
        Pump.PipelineLimits limits = new Pump.PipelineLimits(new Window.Limit(110, 2_000_000),
                new Starvation(14, Duration.ofSeconds(15)), 7, 3,
                Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(19),
                new HandOff.HandOffLimits(900, 8, 18, 28),
                new AffinityTable.AffinityLimits(12, Duration.ofSeconds(13)));
        assertThat(settings.frames()).isEqualTo(
                new Pipeline.Settings(redis, new Keys("{p0}"), "g", "i", RoutingStrategy.ROUND_ROBIN, limits,
                        new Pipeline.FlowControl(new Freshness(Keep.LATEST, Duration.ofSeconds(16)), 17,
                                Duration.ofMillis(100), Duration.ofHours(23)),
                        new Pipeline.DeadLettering(Duration.ofSeconds(19), Duration.ofMinutes(20)),
                        new JournalWriter.JournalRetention(Duration.ofMinutes(21), 22L << 20)));
        assertThat(settings.processors())
                .isEqualTo(new RegistrationPolicy.RegistrationLimits(2, Duration.ofSeconds(9)));
        assertThat(settings.api()).isEqualTo(new ApiServer.Settings("127.0.0.2", 5, null,
                List.of("fb.lan"), new ApiServer.ApiLimits(6, 2048, Duration.ofSeconds(10))));
        assertThat(settings.maxCameras()).isEqualTo(4);
    }

    @Test
    void partitionsAreToldApartByTheirPrefixes() {
        assertThat(settings("--partitions 1 --key-prefix a:").partitioning()).isEqualTo(Partitioning.whole("a:"));
        assertThat(settings("--partitions 4 --key-prefix a:").partitioning()).isEqualTo(Partitioning.tagged("a:", 4));
        assertThatThrownBy(() -> settings("--partitions 4 --key-prefix {a}")).isInstanceOf(CannotRun.class)
                .hasMessageContaining("must not contain {");
    }
}
