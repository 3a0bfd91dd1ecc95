package framebuffer.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import framebuffer.app.config.Setting;
import framebuffer.testkit.CommandOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ConfigurationTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("conf.yaml"), text);
    }

    /** The output of {@code config --json} by key, such as {@code 8002 from default}. */
    private static Map<String, String> shown(Map<String, String> environment, String... arguments)
            throws IOException {
        Map<String, String> byKey = new LinkedHashMap<>();
        for (JsonNode one : JSON.readTree(CommandOutput.in(environment, arguments).isFine().out())) {
            byKey.put(one.path("key").asText(), one.path("value").asText() + " from " + one.path("source").asText());
        }
        return byKey;
    }

    @Test
    void theDefaultsOfServeAreThese() throws IOException {
        Map<String, String> defaults = shown(Map.of(), "config", "--json");
        defaults.replaceAll((key, shown) -> shown.replace(" from default", ""));
        assertThat(defaults).containsExactlyInAnyOrderEntriesOf(Map.ofEntries(Map.entry("affinity-forget-after", "1h"),
                Map.entry("affinity-max-cameras", "10000"), Map.entry("allowed-hosts", ""), Map.entry("api-token", ""),
                Map.entry("api-tokens-file", ""),
                Map.entry("backpressure-check-interval", "50ms"), Map.entry("camera-policies-max", "10000"),
                Map.entry("camera-retention", "24h"),
                Map.entry("keep", "all"), Map.entry("max-age", "0s"), Map.entry("shed-max", "10000"),
                Map.entry("deferred-max", "100000"),
                Map.entry("alert-webhook", ""), Map.entry("batch-size", "200"), Map.entry("cache-dir", ""),
                Map.entry("config-file", ""), Map.entry("legacy-group", "frame-buffer"),
                Map.entry("consumer-group", "frame-buffer-v2"), Map.entry("data-dir", "./data"),
                Map.entry("dead-letter-max", "10000"), Map.entry("dead-letter-retention", "24h"),
                Map.entry("journey-retention", "10m"), Map.entry("journey-size", "64"),
                Map.entry("history-retention", "24h"), Map.entry("results-retention", "24h"),
                Map.entry("results-max", "100000"),
                Map.entry("foreign-group-retention", "1h"), Map.entry("migration", "false"),
                Map.entry("instance-lease", "5s"), Map.entry("shadow-mode", "false"),
                Map.entry("failure-threshold", "3"), Map.entry("forget-after", "10m"),
                Map.entry("health-check-interval", "10s"), Map.entry("health-check-timeout", "5s"),
                Map.entry("health-hosts", "registrant,loopback"), Map.entry("recovery-timeout", "60s"),
                Map.entry("stall-timeout", "30s"), Map.entry("success-threshold", "3"),
                Map.entry("host", "127.0.0.1"), Map.entry("idle-timeout", "1m"),
                Map.entry("insecure", "false"), Map.entry("instance-id", ""), Map.entry("key-prefix", ""),
                Map.entry("ledger-max-fields", "50000"), Map.entry("log-format", "text"),
                Map.entry("log-level", "info"), Map.entry("mqtt-ca-file", ""),
                Map.entry("mqtt-discovery-prefix", "homeassistant"), Map.entry("mqtt-off-delay", "30s"),
                Map.entry("mqtt-picture-interval", "10s"), Map.entry("mqtt-prefix", "detections"),
                Map.entry("mqtt-url", ""), Map.entry("results-catch-up", "10m"),
                Map.entry("results-catch-up-max", "10000"), Map.entry("results-webhook-cameras", ""),
                Map.entry("results-webhook-capabilities", ""), Map.entry("results-webhook-labels", ""),
                Map.entry("results-webhook-min-score", "0"), Map.entry("results-webhook-url", ""),
                Map.entry("max-attempts", "5"), Map.entry("max-body-bytes", "1048576"),
                Map.entry("max-connections", "1024"), Map.entry("max-processors", "50"),
                Map.entry("metrics.max-cameras", "500"), Map.entry("port", "8002"), Map.entry("partitions", "1"),
                Map.entry("pixels-redis-url", ""),
                Map.entry("processing-timeout", "60s"),
                Map.entry("redis-reconnect-max", "5s"), Map.entry("redis-reconnect-min", "100ms"),
                Map.entry("redis-port", "0"), Map.entry("redis-ca", ""), Map.entry("tls-cert", ""),
                Map.entry("tls-key", ""),
                Map.entry("redis-cert", ""), Map.entry("redis-key", ""), Map.entry("redis-server", ""),
                Map.entry("redis-timeout", "5s"),
                Map.entry("redis-url", ""),
                Map.entry("routing-strategy", "least_loaded"), Map.entry("takeover-after", "5s"),
                Map.entry("starvation-age", "60s"), Map.entry("starvation-threshold", "100"),
                Map.entry("unroutable-timeout", "60s"), Map.entry("window", "10000"),
                Map.entry("window-bytes", "67108864")));
    }

    @Test
    void aFlagOutweighsTheEnvironmentWhichOutweighsTheFile() throws IOException {
        String conf = file("port: 1\nwindow: 2\nmax-attempts: 3\n").toString();
        Map<String, String> environment = Map.of("CONFIG_FILE", conf, "PORT", "4", "FRAME_BUFFER_WINDOW", "5");
        assertThat(shown(environment, "config", "serve", "--json", "--port", "6"))
                .containsEntry("port", "6 from flag --port")
                .containsEntry("window", "5 from environment variable FRAME_BUFFER_WINDOW")
                .containsEntry("max-attempts", "3 from " + conf + ":3")
                .containsEntry("batch-size", "200 from default")
                .containsEntry("config-file", conf + " from environment variable CONFIG_FILE");
    }

    @ParameterizedTest
    @CsvSource({"WINDOW, window, 10000", "KEEP, keep, all", "PARTITIONS, partitions, 1", "LOG_LEVEL, log-level, info",
            "INSECURE, insecure, false", "INSTANCE_ID, instance-id, ''"})
    void variablesOfOthersChangeNothing(String variable, String key, String otherwise) throws IOException {
        assertThat(shown(Map.of(variable, "1"), "config", "--json")).containsEntry(key, otherwise + " from default");
    }

    @ParameterizedTest
    @CsvSource({"REDIS_URL, redis://r:1", "PORT, 5", "HOST, 127.0.0.2", "DATA_DIR, d", "API_TOKEN, t",
            "CONSUMER_GROUP, g", "MAX_PROCESSORS, 5", "HEALTH_CHECK_INTERVAL, 5s", "ROUTING_STRATEGY, affinity",
            "BACKPRESSURE_CHECK_INTERVAL, 60ms"})
    void theNamesOfThePlanAreReadWithoutThePrefixTooWhichGoesFirst(String variable, String value) throws IOException {
        String key = variable.toLowerCase(Locale.ROOT).replace('_', '-');
        assertThat(shown(Map.of(variable, value), "config", "--json").get(key))
                .endsWith(" from environment variable " + variable);
        assertThat(shown(Map.of(variable, "not this", "FRAME_BUFFER_" + variable, value), "config", "--json").get(key))
                .endsWith(" from environment variable FRAME_BUFFER_" + variable);
        assertThat(shown(Map.of(variable, value, "FRAME_BUFFER_" + variable, " "), "config", "--json").get(key))
                .endsWith(" from environment variable " + variable);
    }

    @Test
    void aVariableThatSetsNothingIsNamedUnlessKubernetesHasSetIt() {
        CommandLine commands = Main.commandLine(Map.of("FRAME_BUFFER_WINDWO", "5", "FRAME_BUFFER_CAMERA_ID", "yard",
                "FRAME_BUFFER_SERVICE_HOST", "10.0.0.7", "FRAME_BUFFER_PORT_8002_TCP_ADDR", "10.0.0.7"));
        commands.parseArgs("serve");
        assertThat(Setting.unknownVariables(Objects.requireNonNull(commands.getSubcommands().get("serve"))))
                .containsExactly("FRAME_BUFFER_WINDWO (did you mean FRAME_BUFFER_WINDOW?)");
    }

    @Test
    void aLinkThatKubernetesSetsIsNoPort() throws IOException {
        assertThat(shown(Map.of("FRAME_BUFFER_PORT", "tcp://10.0.0.7:8002"), "config", "--json"))
                .containsEntry("port", "8002 from default");
        CommandOutput.in(Map.of("FRAME_BUFFER_PORT", "http://10.0.0.7"), "serve")
                .isOneLineWith("port must be", "(environment variable FRAME_BUFFER_PORT)");
    }

    @Test
    void whatCannotBeUsedIsToldWithTheVariableItIsFrom() {
        CommandOutput.in(Map.of("HOST", "x86_64-conda-linux-gnu.invalid"), "serve").isOneLineWith(
                "--host x86_64-conda-linux-gnu.invalid is not an address", "(environment variable HOST)");
        CommandOutput.in(Map.of("FRAME_BUFFER_REDIS_URL", "redis://127.0.0.1:1"), "serve").isOneLineWith("no Redis at",
                "(environment variable FRAME_BUFFER_REDIS_URL)");
        assertThat(CommandOutput.in(Map.of("HOST", "10.1.1.1"), "serve", "--host", "192.0.2.1")
                .isOneLineWith("--host 192.0.2.1 is reachable").err()).doesNotContain("environment variable");
        CommandOutput.in(Map.of("FRAME_BUFFER_ALLOWED_HOSTS", "http://a"), "serve").isOneLineWith("--allowed-hosts",
                "not a host name", "(environment variable FRAME_BUFFER_ALLOWED_HOSTS)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--config-file CONF config --json", "config --config-file CONF --json",
            "config serve --json --config-file=CONF"})
    void theFileMayBeNamedAnywhereOnTheLine(String line) throws IOException {
        String conf = file("port: 1\n").toString();
        assertThat(shown(Map.of(), line.replace("CONF", conf).split(" ")))
                .containsEntry("port", "1 from " + conf + ":1")
                .containsEntry("config-file", conf + " from flag --config-file");
    }

    @Test
    void oneFileServesAllCommandsAndEachTakesWhatIsItsOwn() throws IOException {
        String conf = file("""
                orchestrator-url: http://there:1
                processor-capabilities: [face_detection, vehicle_detection]
                window: 7
                loop: true
                """).toString();
        Map<String, String> environment = Map.of("CONFIG_FILE", conf);
        assertThat(shown(environment, "config", "serve", "--json")).containsEntry("window", "7 from " + conf + ":3");
        assertThat(shown(environment, "config", "camera", "--json")).containsEntry("loop", "true from " + conf + ":4");
        assertThat(shown(environment, "config", "detector", "--json"))
                .containsEntry("processor-capabilities", "face_detection,vehicle_detection from " + conf + ":2")
                .containsEntry("orchestrator-url", "http://there:1 from " + conf + ":1").doesNotContainKey("window");
    }

    @ParameterizedTest
    @ValueSource(strings = {"metrics.max-cameras: 7", "metrics: {max-cameras: 7}", "metrics:\n  max-cameras: 7",
            "\"metrics.max-cameras\": '7'"})
    void aKeyWithADotMayBeNested(String text) throws IOException {
        Path conf = file(text);
        assertThat(shown(Map.of(), "config", "--json", "--config-file", conf.toString()).get("metrics.max-cameras"))
                .startsWith("7 from " + conf);
    }

    @Test
    void whatIsBlankIsNotGiven() throws IOException {
        String conf = file("port:\nwindow: ~\nmax-attempts: ''\n").toString();
        Map<String, String> environment = Map.of("CONFIG_FILE", conf, "REDIS_URL", " ");
        Map<String, String> shown = shown(environment, "config", "--json");
        assertThat(shown.remove("config-file")).isNotNull();
        assertThat(shown.values()).allSatisfy(one -> assertThat(one).endsWith(" from default"));
    }

    @Test
    void aSwitchMayBeTakenBack() throws IOException {
        Map<String, String> environment = Map.of("FRAME_BUFFER_INSECURE", "true");
        assertThat(shown(environment, "config", "--json").get("insecure")).startsWith("true ");
        assertThat(shown(environment, "config", "--json", "--insecure").get("insecure")).startsWith("true ");
        assertThat(shown(environment, "config", "--json", "--insecure=false").get("insecure")).startsWith("false ");
    }

    @ParameterizedTest
    @CsvSource({"FRAME_BUFFER_VERSION, 1.2", "FRAME_BUFFER_HELP, me", "FRAME_BUFFER_JSON, maybe",
            "FRAME_BUFFER_SEND, x", "FRAME_BUFFER_STATUS, 200"})
    void whatIsAboutOneCallIsNotTakenFromTheEnvironment(String variable, String value) {
        CommandOutput.in(Map.of(variable, value), "config").isFine();
        CommandOutput.in(Map.of(variable, value), "processors", "--orchestrator-url", "http://127.0.0.1:1")
                .isOneLineWith("no service answers");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"prot: 1 | conf.yaml:1: unknown key prot; did you mean port?",
            "xyzzy: 1 | conf.yaml:1: unknown key xyzzy", "metrics: 5 | conf.yaml:1: unknown key metrics",
            "metrics: {cameras: 5} | unknown key metrics.cameras; did you mean metrics.max-cameras?",
            "port: {a: 1} | conf.yaml:1: port must be one value",
            "port: [[1]] | conf.yaml:1: port must be a list of plain words",
            "config-file: x | unknown key config-file", "json: true | unknown key json",
            "help: true | unknown key help",
            "just words | write keys and values", "? [a] : b | a key must be a plain word"})
    void whatAFileMayNotSayIsSaidInOneLine(String text, String answer) throws IOException {
        CommandOutput.by("serve", "--config-file", file(text).toString()).isOneLineWith(answer);
    }

    @Test
    void aKeyGivenTwiceIsRefusedWhateverItsForm() throws IOException {
        String conf = file("metrics.max-cameras: 1\nmetrics:\n  max-cameras: 2\n").toString();
        CommandOutput.by("serve", "--config-file", conf).isOneLineWith("conf.yaml:3: metrics.max-cameras is set twice");
    }

    @ParameterizedTest
    @ValueSource(strings = {"port: 1\nwindow: [", "port: 1\n\twindow: 2", "port: 1\nwindow: *hush",
            "port: 1\n--- \nwindow: @hush",
            "port: 1\nwindow: \"hush"})
    void aFileThatIsNoYamlIsToldByItsLineAndNotRepeated(String text) throws IOException {
        assertThat(CommandOutput.by("serve", "--config-file", file(text).toString()).isOneLineWith("conf.yaml:").err())
                .doesNotContain("hush");
    }

    @Test
    void aFileThatCannotBeReadIsSaidInOneLine() throws IOException {
        CommandOutput.by("serve", "--config-file", "nowhere.yaml")
                .isOneLineWith("there is no configuration file nowhere.yaml");
        CommandOutput.in(Map.of("CONFIG_FILE", "nowhere.yaml"), "config").isOneLineWith("nowhere.yaml");
        CommandOutput.by("serve", "--config-file", folder.toString())
                .isOneLineWith("cannot read the configuration file");
        Path latin = Files.write(folder.resolve("latin.yaml"), new byte[]{'#', (byte) 0xe9});
        CommandOutput.by("serve", "--config-file", latin.toString()).isOneLineWith("is not UTF-8 text");
    }

    @Test
    void anEmptyFileSaysNothing() throws IOException {
        for (String text : new String[]{"", "# nothing\n", "---\n"}) {
            CommandOutput.by("config", "--config-file", file(text).toString()).isFine();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"window | 0 | a whole number from 1 to 1000000, not 0",
            "window | lots | a whole number from 1 to 1000000, not lots", "port | 65536 | from 0 to 65535, not 65536",
            "port | 99999999999 | from 0 to 65535, not 99999999999",
            "takeover-after | 61m | a time from 0s to 1h, such as 500ms, 5s, 10m or 1h, not 61m",
            "takeover-after | soon | a time from 0s to 1h", "insecure | maybe | true or false, not maybe",
            "routing-strategy | random | known are least_loaded, round_robin, affinity",
            "log-format | xml | TEXT, JSON"})
    void aWrongValueIsToldWithItsKeyItsOriginAndWhatIsAllowed(String key, String value, String allowed)
            throws IOException {
        String variable = "FRAME_BUFFER_" + key.replace('-', '_').toUpperCase(Locale.ROOT);
        CommandOutput.by("serve", "--" + key + "=" + value).isOneLineWith(key, allowed, "(flag --" + key + ")");
        CommandOutput.in(Map.of(variable, value), "serve").isOneLineWith(key, allowed,
                "(environment variable " + variable + ")");
        String conf = file("\n" + key + ": " + value).toString();
        CommandOutput.by("config", "--config-file", conf).isOneLineWith(key, allowed, "(" + conf + ":2)");
    }

    @Test
    void aWrongValueThatIsOutweighedDoesNoHarm() throws IOException {
        assertThat(shown(Map.of("PORT", "abc"), "config", "--json", "--port", "1").get("port")).startsWith("1 ");
    }

    @Test
    void helpIsThereAlsoWhenWhatIsConfiguredIsWrong() {
        CommandOutput.in(Map.of("CONFIG_FILE", "nowhere.yaml", "PORT", "abc"), "serve", "--help").isFine();
    }

    @ParameterizedTest
    @ValueSource(strings = {"config --api-token hush --redis-url redis://me:hush@host:1/2",
            "config camera --pixels-redis-url redis://me:hush@host:1/2", "serve --pixels-redis-url http://me:hush@host",
            "serve --pixels-redis-url redis+cluster://me:hush@host",
            "config --json --api-token hush --redis-url redis://me:hush@host:1/2",
            "serve --redis-url http://me:hush@host",
            "serve --redis-url redis://me:hush%@host", "serve --api-tokn=hush", "serve --redis-ulr redis://:hush@host",
            "serve redis://me:hush@host", "serve --redis-url redis://me:hush@127.0.0.1:1",
            "serve --api-token hush --port x"})
    void aSecretIsNeverShown(String line) {
        CommandOutput said = CommandOutput.by(line.split(" "));
        assertThat(said.out() + said.err()).isNotBlank().doesNotContain("hush");
    }

    @Test
    void theTableHasALineForEachKeyAlignedUnderItsHeadings() {
        String[] lines = CommandOutput.in(Map.of("API_TOKEN", "hush"), "config", "detector").isFine().out().split("\n");
        assertThat(lines[0]).startsWith("KEY ").contains("VALUE", "FROM", "DEFAULT", "ENVIRONMENT", "MEANING");
        int column = lines[0].indexOf("ENVIRONMENT");
        assertThat(lines).anySatisfy(line -> assertThat(line).startsWith("api-token ").contains(" **** ")
                .contains(" environment variable API_TOKEN "));
        assertThat(lines).anySatisfy(line -> assertThat(line.substring(Math.min(column, line.length())))
                .startsWith("FRAME_BUFFER_MAX_CONCURRENT_FRAMES ")
                .contains("Allowed: from 1 to 1000000.", "Also --concurrency."));
    }
}
