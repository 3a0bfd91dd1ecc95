package framebuffer.app.serve;

import framebuffer.app.config.ValueRange;
import framebuffer.app.config.Version;
import framebuffer.app.help.OptionGroup;
import framebuffer.app.terminal.CannotRun;
import framebuffer.bridge.ResultBridge.BridgeSettings;
import framebuffer.bridge.mqtt.MqttPublisher.MqttSettings;
import framebuffer.bridge.mqtt.client.MqttAddress;
import framebuffer.bridge.results.CatchUpPolicy;
import framebuffer.bridge.results.ResultFilter;
import framebuffer.bridge.webhook.ResultWebhook.WebhookSettings;
import framebuffer.redis.RedisAddress;
import framebuffer.wire.SecretAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who receives results. */
@OptionGroup("Results for others")
final class BridgeOptions {
    @Option(names = "--mqtt-url", paramLabel = "URL", description = "Address of an MQTT broker that receives results: mqtt://[user:password@]host[:port], or mqtts://… for TLS.")
    private @Nullable SecretAddress mqttUrl;

    @Option(names = "--mqtt-ca-file", paramLabel = "FILE", description = "PEM file with the certificates of the authorities that may vouch for the MQTT broker. Default: those that the JDK trusts.")
    private @Nullable Path mqttAuthorities;

    @Option(names = "--mqtt-prefix", paramLabel = "TOPIC", defaultValue = "detections", description = "Beginning of all MQTT topics of results. Default: ${DEFAULT-VALUE}.")
    private String mqttPrefix = "detections";

    @Option(names = "--mqtt-discovery-prefix", paramLabel = "TOPIC", defaultValue = "homeassistant", description = "Beginning of the MQTT topics by which Home Assistant discovers cameras and labels; none: no discovery. Default: ${DEFAULT-VALUE}.")
    private String discoveryPrefix = "homeassistant";

    @ValueRange(least = "0s", most = "1h")
    @Option(names = "--mqtt-picture-interval", paramLabel = "TIME", defaultValue = "10s", description = "Least time between two pictures of a camera over MQTT; 0s: no pictures. Default: ${DEFAULT-VALUE}.")
    private Duration pictureInterval = Duration.ofSeconds(10);

    @ValueRange(least = "1s", most = "1h")
    @Option(names = "--mqtt-off-delay", paramLabel = "TIME", defaultValue = "30s", description = "How long a binary sensor of Home Assistant stays on after the last finding. Default: ${DEFAULT-VALUE}.")
    private Duration offDelay = Duration.ofSeconds(30);

    @Option(names = "--results-webhook-url", paramLabel = "URL", description = "URL to which the service sends each result with a finding that passes the filter of the webhook, as JSON.")
    private @Nullable SecretAddress webhookUrl;

    @Option(names = "--results-webhook-cameras", paramLabel = "ID", split = ",", description = "Cameras whose results go to the webhook. Default: all.")
    private List<String> webhookCameras = List.of();

    @Option(names = "--results-webhook-capabilities", paramLabel = "NAME", split = ",", description = "Capabilities whose results go to the webhook. Default: all.")
    private List<String> webhookCapabilities = List.of();

    @Option(names = "--results-webhook-labels", paramLabel = "NAME", split = ",", description = "Labels of the findings that go to the webhook. Default: all.")
    private List<String> webhookLabels = List.of();

    @ValueRange(least = "0", most = "1")
    @Option(names = "--results-webhook-min-score", paramLabel = "SCORE", defaultValue = "0", description = "Least score of the findings that go to the webhook. Default: ${DEFAULT-VALUE}.")
    private double webhookMinScore;

    @ValueRange(least = "1s", most = "24h")
    @Option(names = "--results-catch-up", paramLabel = "TIME", defaultValue = "10m", description = "Results that are older are not sent to a receiver that was away. Default: ${DEFAULT-VALUE}.")
    private Duration catchUp = CatchUpPolicy.DEFAULT.age();

    @ValueRange(least = "1", most = "100000")
    @Option(names = "--results-catch-up-max", paramLabel = "N", defaultValue = "10000", description = "If more results wait for a receiver that was away, in one partition, the oldest are not sent. Default: ${DEFAULT-VALUE}.")
    private int catchUpMax = CatchUpPolicy.DEFAULT.most();

    /**
     * The receivers of results.
     *
     * @param pixels the Redis of the pixels; null: that of the frames
     * @throws CannotRun when an address or a topic is invalid; the message repeats no secret
     */
    BridgeSettings settings(@Nullable RedisAddress pixels) {
        return new BridgeSettings(mqtt(), webhook(), new CatchUpPolicy(catchUp, catchUpMax), pixels);
    }

    private @Nullable MqttSettings mqtt() {
        requireTopic("--mqtt-prefix", mqttPrefix);
        String discovery = discoveryPrefix.equals("none") ? "" : discoveryPrefix;
        if (!discovery.isEmpty()) {
            requireTopic("--mqtt-discovery-prefix", discovery);
        }
        if (mqttUrl == null) {
            return null;
        }
        try {
            return new MqttSettings(MqttAddress.parse(mqttUrl, mqttAuthorities), mqttPrefix, discovery, pictureInterval,
                    offDelay, Version.current());
        } catch (IllegalArgumentException e) {
            throw new CannotRun("--mqtt-url " + e.getMessage(), e);
        }
    }

    private @Nullable WebhookSettings webhook() {
        return webhookUrl == null
                ? null
                : new WebhookSettings(AlertOptions.httpAddress("--results-webhook-url", webhookUrl),
                        new ResultFilter(Set.copyOf(webhookCameras), Set.copyOf(webhookCapabilities),
                                Set.copyOf(webhookLabels), webhookMinScore));
    }

    private static void requireTopic(String option, String topic) {
        if (!topic.matches("[^+#\\p{Cntrl}/]{1,64}(/[^+#\\p{Cntrl}/]{1,64}){0,7}")) {
            throw new CannotRun(
                    option + " must be 1 to 8 levels with / between them, each of 1 to 64 characters without + and #");
        }
    }
}
