package framebuffer.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.embedded.DataFolder;
import framebuffer.testkit.Await;
import framebuffer.testkit.Commands;
import framebuffer.testkit.Commands.RunningCommand;
import framebuffer.wire.text.Fields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The processor and the producer of docs/protocol.md 7, run as they stand there, at the running service. */
class ProtocolPageIT {
    private static final Path PAGE = Path.of("../docs/protocol.md");
    private static final Path GOLDEN = Path.of("../wire/src/test/resources/golden");
    private static final Pattern SCRIPT = Pattern.compile("```bash\\n(#!/usr/bin/env bash\\n# (\\w+\\.sh):.*?)```",
            Pattern.DOTALL);
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    /** What the processor runs for each frame: the picture's text says what becomes of it. */
    private static final String HANDLER = """
            #!/usr/bin/env bash
            picture=$(cat)
            case "$picture $ATTEMPT" in
              "fails 1") exit 1 ;;
              "hopeless "*) exit 65 ;;
              "dark "*) echo '{"why": "dark"}'; exit 3 ;;
              "early "*) mkdir "$0.seen" 2>/dev/null && exit 75 ;;
              "slow 1") touch "$0.begun"; until [[ -e $0.go ]]; do sleep 0.1; done ;;
            esac
            echo "{\\"bytes\\": ${#picture}, \\"attempt\\": $ATTEMPT, \\"needs\\": \\"$CAPABILITY\\"}"
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;
    @SuppressWarnings("NullAway.Init")
    private Commands commands;
    @SuppressWarnings("NullAway.Init")
    private String url;
    @SuppressWarnings("NullAway.Init")
    private RedisConnection redis;

    @BeforeEach
    void serve() throws Exception {
        for (String tool : List.of("bash", "redis-cli", "curl")) {
            assumeTrue(Commands.isInstalled(tool) || System.getenv("CI") != null, tool + " is not installed");
        }
        commands = new Commands(folder);
        url = commands.start("serve", "--port", "0").says("ready").url();
        redis = RedisConnection.open(address());
        for (Map.Entry<String, String> script : scripts().entrySet()) {
            Files.writeString(folder.resolve(script.getKey()), script.getValue());
        }
        Files.writeString(folder.resolve("handler"), HANDLER);
    }

    @AfterEach
    void stop() throws IOException {
        Files.writeString(folder.resolve("handler.go"), "");
        redis.close();
        commands.close();
    }

    private static Map<String, String> scripts() throws IOException {
        return SCRIPT.matcher(Files.readString(PAGE)).results()
                .collect(Collectors.toMap(script -> script.group(2), script -> script.group(1)));
    }

    private RedisAddress address() {
        return DataFolder.runningIn(folder.resolve("data")).orElseThrow();
    }

    private RunningCommand bash(String variables, String... line) throws IOException {
        List<String> command = new ArrayList<>(List.of("env", "ORCHESTRATOR_URL=" + url,
                "REDIS_URL=" + Files.readString(folder.resolve("data/redis.url")).strip()));
        Stream.of(variables.split(" ")).filter(variable -> !variable.isEmpty()).forEach(command::add);
        command.add("bash");
        command.addAll(List.of(line));
        return commands.startOther(command);
    }

    private RunningCommand processor() throws IOException {
        return bash("", "processor.sh", "page-1", "people", "bash", folder.resolve("handler").toString());
    }

    /** Publishes pictures of these texts by the page's producer. */
    private void publish(String... pictures) throws Exception {
        List<String> line = new ArrayList<>(List.of("producer.sh", "yard", "people"));
        for (String picture : pictures) {
            Files.writeString(folder.resolve(picture), picture);
            line.add(picture);
        }
        RunningCommand producer = bash("INTERVAL=0 TRACEPARENT=00-" + TRACE + "-00f067aa0ba902b7-01",
                line.toArray(String[]::new));
        assertThat(producer.exitCode()).as(producer.errors()).isZero();
    }

    private List<Fields> entries(String stream) {
        return Replies.entries(redis.call("XRANGE", stream, "-", "+")).stream().map(StreamEntry::fields)
                .map(Objects::requireNonNull).toList();
    }

    private List<String> results(String... fields) {
        return entries("frames:results").stream()
                .map(result -> Stream.of(fields).map(result::text).collect(Collectors.joining(" "))).toList();
    }

    private JsonNode total() {
        return Commands.get(url + "/frames/ledger").path("total");
    }

    private void ends(int captured, int done, int dead) {
        Await.until("all frames have ended",
                () -> total().path("done").asInt() + total().path("dead").asInt() == captured);
        JsonNode ledger = Commands.get(url + "/frames/ledger");
        assertThat(ledger.path("balanced").asBoolean()).as("%s", ledger).isTrue();
        assertThat(ledger.path("cameras")).as("%s", ledger).hasSize(1);
        JsonNode yard = ledger.path("cameras").path(0);
        assertThat(yard.path("camera_id").asText()).isEqualTo("yard");
        assertThat(yard.path("captured").asInt()).isEqualTo(captured);
        assertThat(yard.path("done").asInt()).isEqualTo(done);
        assertThat(yard.path("dead").asInt()).isEqualTo(dead);
        assertThat(yard.path("lost").asInt() + yard.path("in_flight").asInt()).isZero();
    }

    @Test
    void theProcessorGivesEachAnswerAndTheLedgerCountsIt() throws Exception {
        RunningCommand processor = processor().says("registered 201");
        publish("fine", "dark", "fails", "early", "hopeless");
        redis.call("XADD", "frames:capture", "*", "frame_id", "no-pixels", "camera_id", "yard", "detection_type",
                "people");
        redis.call("XADD", "frames:capture", "*", "frame_id", "inline", "camera_id", "yard", "detection_type",
                "people", "data", "within", "metadata", "{\n}");
        ends(7, 5, 2);

        assertThat(results("status", "attempt", "result")).containsExactlyInAnyOrder(
                "success 1 {\"bytes\": 4, \"attempt\": 1, \"needs\": \"people\"}", "error 1 {\"why\": \"dark\"}",
                "success 2 {\"bytes\": 5, \"attempt\": 2, \"needs\": \"people\"}",
                "success 1 {\"bytes\": 5, \"attempt\": 1, \"needs\": \"people\"}",
                "success 1 {\"bytes\": 6, \"attempt\": 1, \"needs\": \"people\"}");
        assertThat(entries("frames:results")).allSatisfy(result -> {
            assertThat(result.text("processed_at"))
                    .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
            assertThat(result.text("processing_ms")).matches("\\d+\\.\\d{3}");
            assertThat(result.text("traceparent")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]");
        });
        assertThat(results("traceparent")).filteredOn(trace -> trace.contains(TRACE)).hasSize(4);
        assertThat(entries("frames:dead-letter")).extracting(letter -> letter.text("dead_reason"))
                .containsExactly("rejected", "rejected");
        assertThat(Replies.number(redis.call("XLEN", "frames:ready:page-1"))).isZero();
        Await.until("a heartbeat tells the figures",
                () -> shown().path("frames_processed").asInt() == 5 && shown().path("errors_last_minute").asInt() == 2);

        processor.process().destroy();
        assertThat(processor.exitCode()).as(processor.errors()).isZero();
        assertThat(Commands.get(url + "/processors")).isEmpty();
    }

    private JsonNode shown() {
        return Commands.get(url + "/processors/page-1");
    }

    @Test
    void afterACrashALostGroupAndAFlushItGoesOnAndADrainEndsIt() throws Exception {
        RunningCommand first = processor().says("registered 201");
        publish("slow");
        Await.until("the handler has begun", () -> Files.exists(folder.resolve("handler.begun")));
        first.process().destroyForcibly().waitFor();
        RunningCommand second = processor().says("registered 20");
        ends(1, 1, 0);
        assertThat(results("attempt")).containsExactly("2");

        redis.call("XGROUP", "DESTROY", "frames:ready:page-1", "page-1-group");
        publish("fine");
        ends(2, 2, 0);

        redis.call("FLUSHALL");
        Await.until("it has registered again", () -> Commands.get(url + "/processors").size() == 1);
        publish("again");
        ends(1, 1, 0);

        Commands.post(url + "/processors/page-1/drain", "");
        assertThat(second.exitCode()).as(second.errors()).isZero();
        assertThat(second.errors()).contains("ended");
        assertThat(Commands.get(url + "/processors")).isEmpty();
    }

    @Test
    void theProducerPutsEachCameraInItsPartitionAndObeysAPause() throws Exception {
        redis.call("SET", "{p0}frame-buffer:partitions", "3");
        Files.writeString(folder.resolve("picture"), "picture");
        for (JsonNode camera : new ObjectMapper().readTree(Files.readString(GOLDEN.resolve("partitions.json")))) {
            String id = camera.path("camera_id").asText();
            RunningCommand producer = bash("INTERVAL=0", "producer.sh", id, "people", "picture");
            assertThat(producer.exitCode()).as(producer.errors()).isZero();
            String prefix = "{p" + camera.path("partition_of").path("3").asInt() + '}';
            Fields frame = entries(prefix + "frames:capture").getLast();
            assertThat(frame.text("camera_id")).isEqualTo(id);
            assertThat(Replies.text(redis.call("GET", prefix + "frame:" + frame.text("frame_id"))))
                    .isEqualTo("picture");
        }
        redis.call("DEL", "{p0}frame-buffer:partitions");
        Commands.post(url + "/control/pause", "");
        Await.until("producers are told", () -> "operator".equals(
                Replies.text(
                        Objects.requireNonNullElse(redis.call("HGET", "frame-buffer:backpressure", "paused_by"), ""))));
        publish("unwanted");
        assertThat(entries("frames:capture")).isEmpty();
    }
}
