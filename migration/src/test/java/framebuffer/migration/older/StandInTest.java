package framebuffer.migration.older;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.migration.MigrationRedis;
import framebuffer.migration.older.StandIn.StandInCounts;
import framebuffer.migration.older.StandIn.StandInSettings;
import framebuffer.redis.Replies;
import framebuffer.testkit.Await;
import framebuffer.testkit.Commands;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StandInTest {
    @RegisterExtension
    static final MigrationRedis redis = new MigrationRedis();
    private static final String STREAM = "frames:capture";

    private StandIn older;

    @BeforeEach
    void start() throws IOException {
        older = started();
    }

    private static StandIn started() throws IOException {
        return StandIn.start(redis.address(), new StandInSettings(STREAM, "frame-buffer", "127.0.0.1", 0, 5));
    }

    @AfterEach
    void stop() {
        older.close();
    }

    private JsonNode get(String path) {
        return Commands.get("http://127.0.0.1:" + older.port() + path);
    }

    private JsonNode enqueue(String body) {
        return Commands.post("http://127.0.0.1:" + older.port() + "/frames/enqueue", body);
    }

    private void hasRead(int frames) {
        Await.until("it has read", () -> older.counts().read() == frames);
    }

    private static long pending() {
        return Replies.number(Replies.list(redis.call("XPENDING", STREAM, "frame-buffer")).getFirst());
    }

    @Test
    void itGivesTheOldestFramesAndSaysHowManyRemain() {
        redis.frames(STREAM, "door", 4);
        hasRead(4);
        JsonNode answer = get("/frames/dequeue?count=3");
        assertThat(answer.path("frames").findValuesAsText("frame_id")).containsExactly("door-1", "door-2", "door-3");
        assertThat(answer.path("count").asInt()).isEqualTo(3);
        assertThat(answer.path("remaining").asInt()).isEqualTo(1);
        assertThat(get("/frames/dequeue").path("count").asInt()).as("one by default").isEqualTo(1);
        assertThat(get("/frames/dequeue").path("frames").isEmpty()).isTrue();
    }

    @Test
    void aFullBufferDropsTheNewestFramesAndCountsThem() {
        redis.frames(STREAM, "door", 12);
        hasRead(12);
        assertThat(older.counts()).isEqualTo(new StandInCounts(12, 0, 0, 7, 5));
        assertThat(enqueue("{\"frame_id\": \"late\"}").path("detail").asText()).isEqualTo("Buffer full");
        assertThat(get("/frames/dequeue?count=100").path("frames").findValuesAsText("frame_id"))
                .containsExactly("door-1", "door-2", "door-3", "door-4", "door-5");
        assertThat(older.counts()).isEqualTo(new StandInCounts(12, 1, 5, 8, 0));
        assertThat(get("/frames/status").path("counts").path("dropped").asInt()).isEqualTo(8);
    }

    @Test
    void itAcknowledgesWhatIsInMemoryAndNeverReadsPendingEntriesAgain() throws IOException {
        hasRead(0);
        older.close();
        redis.frames(STREAM, "door", 2);
        redis.call("XREADGROUP", "GROUP", "frame-buffer", "died", "COUNT", 1, "STREAMS", STREAM, ">");
        older = started();
        hasRead(1);
        Await.until("it has acknowledged the other", () -> pending() == 1);
        assertThat(get("/frames/dequeue").path("frames").findValuesAsText("frame_id")).containsExactly("door-2");
    }

    @Test
    void aGroupThatTheGateRemovedIsNotCreatedAgain() {
        redis.frames(STREAM, "door", 1);
        hasRead(1);
        redis.call("XGROUP", "DESTROY", STREAM, "frame-buffer");
        Await.until("it says that it cannot read", () -> !get("/frames/status").path("connected").asBoolean());
        assertThat(get("/health").path("status").asText()).isEqualTo("degraded");
        assertThat(Replies.list(redis.call("XINFO", "GROUPS", STREAM))).isEmpty();
    }

    @Test
    void fieldsAreTextAndSizesAreNumbersAndPixelsAreInBase64() {
        redis.call("XADD", STREAM, "*", "frame_id", "1", "width", "640", "height", "tall", "metadata",
                "{\"detection_type\":\"x\"}", "trace_context", "{", "data", new byte[]{0, -1, 10}, "_own", "1");
        hasRead(1);
        assertThat(get("/frames/dequeue").path("frames").path(0)).hasToString(
                "{\"frame_id\":\"1\",\"width\":640,\"height\":\"tall\",\"metadata\":{\"detection_type\":\"x\"},"
                        + "\"trace_context\":\"{\",\"data\":\"AP8K\"}");
    }

    @Test
    void aFrameThatAClientSendsIsGivenAsItIs() {
        assertThat(enqueue("{\"frame_id\": \"mine\", \"x\": [1]}").path("status").asText()).isEqualTo("enqueued");
        assertThat(get("/frames/dequeue").path("frames").path(0)).hasToString("{\"frame_id\":\"mine\",\"x\":[1]}");
        assertThat(enqueue("no json").path("detail").asText()).contains("JSON");
    }

    @Test
    void itSaysHowItIs() {
        Await.until("Redis answers", () -> get("/frames/status").path("connected").asBoolean());
        JsonNode health = get("/health");
        assertThat(health.path("status").asText()).isEqualTo("healthy");
        assertThat(health.path("checks").path("buffer").path("max_size").asInt()).isEqualTo(5);
        assertThat(List.of(get("/frames/status").path("buffer").path("is_full").asBoolean())).containsExactly(false);
    }

    @ParameterizedTest
    @CsvSource({"/frames/dequeue?count=many, no number", "/frames/enqueue, Not Allowed", "/nothing, Not Found"})
    void whatItDoesNotKnowIsRefused(String path, String reason) {
        assertThat(get(path).path("detail").asText()).contains(reason);
    }
}
