package framebuffer.app.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.app.config.ConfigSources;
import framebuffer.app.config.Version;
import framebuffer.app.terminal.CannotRun;
import framebuffer.bridge.ResultBridge.BridgeSettings;
import framebuffer.bridge.mqtt.MqttPublisher.MqttSettings;
import framebuffer.bridge.mqtt.client.MqttAddress;
import framebuffer.bridge.results.CatchUpPolicy;
import framebuffer.bridge.results.ResultFilter;
import framebuffer.bridge.webhook.ResultWebhook.WebhookSettings;
import framebuffer.orchestrator.Orchestrator;
import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.server.ApiServer;
import framebuffer.orchestrator.flowcontrol.Freshness;
import framebuffer.orchestrator.observability.alerts.AlertThresholds;
import framebuffer.orchestrator.observability.alerts.AlertWebhook;
import framebuffer.orchestrator.observability.results.ResultMaintenance.ResultRetention;
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
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class ServeOptionsTest {

    @Command
    private static final class Serving {
        @Mixin
        private final ServeOptions options = new ServeOptions();
    }

    private static ServeOptions parsed(String line) {
        Serving command = new Serving();
        CommandLine parser = new CommandLine(command);
        ConfigSources.addTo(parser, Map.of(), () -> parser);
        parser.parseArgs(line.isEmpty() ? new String[0] : line.split(" "));
        return command.options;
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
        assertThat(settings.api()).isEqualTo(new ApiServer.Settings("127.0.0.1", 8002, ApiTokens.NONE));
    }

    @Test
    void everyOptionOfHealthReachesItsPart() {
        assertThat(settings("--failure-threshold 1 --recovery-timeout 2s --success-threshold 3 --stall-timeout 4s"
                + " --forget-after 5s --health-check-interval 6s --health-check-timeout 7s --health-hosts a,::1 --history-retention 8h")
                .watching())
                .isEqualTo(new Orchestrator.ProcessorMonitoring(
                        new CircuitThresholds(1, Duration.ofSeconds(2), 3, Duration.ofSeconds(4)),
                        new HealthPoller.PollSettings(Duration.ofSeconds(6), Duration.ofSeconds(7),
                                new AllowedPollHosts(List.of("a", "::1"))),
                        Duration.ofSeconds(5), AlertThresholds.DEFAULT, null, Duration.ofHours(8)));
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
                "--keep latest --max-age 16s --camera-policies-max 17 --camera-retention 23h --backpressure-check-interval 100ms --shed-max 18 --deferred-max 28 --starvation-threshold 14 --starvation-age 15s --affinity-max-cameras 12 --affinity-forget-after 13s --processing-timeout 2s --foreign-group-retention 3s --instance-lease 19s --window 110 --window-bytes 2000000 --batch-size 7 --max-attempts 3 --dead-letter-max 8 --unroutable-timeout 19s --dead-letter-retention 20m --journey-retention 21m --journey-size 22 --results-retention 25m --results-max 26"
                        + " --ledger-max-fields 900 --consumer-group g --instance-id i --routing-strategy round_robin"
                        + " --key-prefix {p0} --max-processors 2 --takeover-after 9s --metrics.max-cameras 4 --host 127.0.0.2"
                        + " --port 5 --allowed-hosts fb.lan --max-connections 6 --max-body-bytes 2048 --idle-timeout 10s --redis-timeout 1s"
                        + " --redis-reconnect-min 20ms --redis-reconnect-max 2s --pixels-redis-url redis://127.0.0.1:1");
        RedisAddress redis = RedisAddress.local(1)
                .with(new ConnectTimeouts(Duration.ofSeconds(1), Duration.ofMillis(20), Duration.ofSeconds(2)));
        Pump.PipelineLimits limits = new Pump.PipelineLimits(new Window.Limit(110, 2_000_000),
                new Starvation(14, Duration.ofSeconds(15)), 7, 3,
                Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(19),
                new HandOff.HandOffLimits(900, 8, 18, 28),
                new AffinityTable.AffinityLimits(12, Duration.ofSeconds(13)));
        assertThat(settings.frames()).isEqualTo(
                new Pipeline.Settings(redis, redis, new Keys("{p0}"), "g", "i", RoutingStrategy.ROUND_ROBIN, limits,
                        new Pipeline.FlowControl(new Freshness(Keep.LATEST, Duration.ofSeconds(16)), 17,
                                Duration.ofMillis(100), Duration.ofHours(23)),
                        new Pipeline.DeadLettering(Duration.ofSeconds(19), Duration.ofMinutes(20)),
                        new JournalWriter.JournalRetention(Duration.ofMinutes(21), 22L << 20),
                        new ResultRetention(Duration.ofMinutes(25), 26)));
        assertThat(settings.processors())
                .isEqualTo(new RegistrationPolicy.RegistrationLimits(2, Duration.ofSeconds(9)));
        assertThat(settings.api()).isEqualTo(new ApiServer.Settings("127.0.0.2", 5, ApiTokens.NONE,
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

    @Test
    void everyReceiverOfResultsGetsItsOptions() {
        BridgeSettings receivers = parsed("--mqtt-url mqtts://me:pw@broker --mqtt-ca-file ca.pem --mqtt-prefix a/b"
                + " --mqtt-discovery-prefix none --mqtt-picture-interval 0s --mqtt-off-delay 5s --results-catch-up 1m"
                + " --results-catch-up-max 9 --results-webhook-url http://h/p --results-webhook-cameras a,b"
                + " --results-webhook-capabilities c --results-webhook-labels d --results-webhook-min-score 0.5")
                .receivers();
        assertThat(receivers.mqtt()).isEqualTo(new MqttSettings(
                new MqttAddress("broker", 8883, true, "me", new Secret("pw"), Path.of("ca.pem")), "a/b", "",
                Duration.ZERO, Duration.ofSeconds(5), Version.current()));
        assertThat(receivers.catchUp()).isEqualTo(new CatchUpPolicy(Duration.ofMinutes(1), 9));
        assertThat(receivers.webhook()).isEqualTo(new WebhookSettings(new SecretAddress("http://h/p"),
                new ResultFilter(Set.of("a", "b"), Set.of("c"), Set.of("d"), 0.5)));
        assertThat(parsed("").receivers()).isEqualTo(new BridgeSettings(null, null, CatchUpPolicy.DEFAULT, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--mqtt-url s3cret", "--mqtt-url mqtt://u:s3cret@host/x", "--mqtt-prefix a/#",
            "--mqtt-prefix a//b", "--mqtt-discovery-prefix +", "--results-webhook-url ftp://s3cret"})
    void aReceiverThatCannotBeIsRefused(String line) {
        ServeOptions options = parsed(line);
        assertThatThrownBy(options::check).isInstanceOf(CannotRun.class)
                .hasMessageStartingWith(line.substring(0, line.indexOf(" "))).hasMessageNotContaining("s3cret");
    }
}
