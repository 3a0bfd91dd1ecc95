package framebuffer.orchestrator.api.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.orchestrator.api.contract.CheckedClient.Answer;
import framebuffer.orchestrator.api.contract.Contract.Given;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy.RegistrationLimits;
import framebuffer.redis.Replies;
import framebuffer.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The responses with which clients in other languages are tested are documented, and the running service gives them. */
class GoldenAnswersTest {
    private static final Path GOLDEN = Path.of("..", "wire", "src", "test", "resources", "golden");
    private static final String LAST = "rest-processors.json";
    private static final Contract CONTRACT = new Contract();

    @TempDir
    static Path folder;
    private static Running running;

    @BeforeAll
    static void start() {
        running = new Running(folder, RegistrationLimits.DEFAULT);
        CheckedClient client = running.client();
        client.post("/processors/register",
                "{\"id\": \"face-1\", \"capabilities\": [\"face_detection\"], \"capacity\": 10}");
        client.post("/processors/face-1/heartbeat", "{\"capacity_used\": 2, \"frames_processed\": 7, "
                + "\"avg_processing_time_ms\": 3.5, \"errors_last_minute\": 0}");
        for (int i = 0; i < 2; i++) {
            client.post("/frames/route", "{\"frame\": {\"frame_id\": \"f\", \"camera_id\": \"yard\"}}");
        }
        client.post("/frames/route", "{\"frame\": {\"frame_id\": \"late-1\", \"camera_id\": \"yard\", "
                + "\"detection_type\": \"face_detection\", \"expires_at\": \"2026-11-23T11:59:59Z\"}}");
        running.redis().call("XADD", "frames:capture", "*", "camera_id", "yard");
        Await.until("one is dead", () -> Replies.number(running.redis().call("XLEN", "frames:dead-letter")) == 1);
        Await.until("one is shed", () -> Replies.number(running.redis().call("XLEN", "frame-buffer:shed")) == 1);
        Await.until("its camera is seen",
                () -> Replies.number(running.redis().call("HLEN", "frame-buffer:cameras-seen")) == 1);
        Await.until("pressure is published", () -> client.get("/control/status").text().contains("face-1"));
        client.call("PUT", "/cameras/gate/policy", BodyPublishers.ofString("{}"));
        Await.until("their hand-offs are recorded",
                () -> client.get("/overview").json().at("/flows/ways/0/frames_per_second").asDouble() >= .2);
        Await.until("both are in the queue",
                () -> Replies.number(running.redis().call("XLEN", "frames:ready:face-1")) == 2);
    }

    @AfterAll
    static void stop() {
        running.close();
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void theAnswerIsDocumentedAndHasTheMembersAndTypesOfTheOneThatIsGiven(JsonNode vector) {
        String method = vector.path("method").asText();
        String path = vector.path("path").asText();
        int status = vector.path("status").asInt();
        String type = status < 400 ? "application/json" : "application/problem+json";
        CONTRACT.check(new Given(method, path, status, header -> header.equals("content-type")
                ? type
                : header.equals("allow") ? "GET, HEAD" : "given", vector.path("body").toString()));
        Answer answer = running.client().call(method, path, vector.has("request")
                ? BodyPublishers.ofString(vector.path("request").toString())
                : BodyPublishers.noBody());
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(shape(answer.json())).isEqualTo(shape(vector.path("body")));
    }

    /** Requests that change the registry come last. */
    static Stream<Named<JsonNode>> vectors() throws IOException {
        try (Stream<Path> files = Files.list(GOLDEN)) {
            List<Path> rest = files.filter(file -> file.getFileName().toString().startsWith("rest-"))
                    .sorted((a, b) -> order(a).compareTo(order(b))).toList();
            assertThat(rest).hasSizeGreaterThan(5);
            return rest.stream().flatMap(file -> StreamSupport.stream(read(file).spliterator(), false).map(
                    vector -> Named.of(file.getFileName() + ": " + vector.path("name").asText(), vector)));
        }
    }

    private static String order(Path file) {
        return (file.endsWith(LAST) ? "1" : "0") + file.getFileName();
    }

    private static JsonNode read(Path file) {
        try {
            return Contract.json(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Names and types without values; of a list, the distinct shapes of its items. */
    private static Object shape(JsonNode node) {
        if (node.isObject()) {
            Map<String, Object> members = new TreeMap<>();
            node.properties().forEach(member -> members.put(member.getKey(), shape(member.getValue())));
            return members;
        }
        return node.isArray()
                ? node.valueStream().map(GoldenAnswersTest::shape).distinct().toList()
                : node.getNodeType();
    }
}
