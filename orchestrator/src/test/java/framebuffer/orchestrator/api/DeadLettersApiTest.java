package framebuffer.orchestrator.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.wire.frame.DeadLetter.DeadLetterReason;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dead letters over REST. */
class DeadLettersApiTest {
    @TempDir
    Path folder;
    private EmbeddedRedis server;
    private Service service;

    @BeforeEach
    void start() {
        server = EmbeddedRedis.start(folder);
        service = new Service(server.address());
    }

    @AfterEach
    void stop() {
        service.close();
        server.close();
    }

    @Test
    void theyAreListedNewestFirstAndPageByPage() {
        String first = service.letter(DeadLetterReason.INVALID);
        String second = service.letter(DeadLetterReason.REJECTED);
        String third = service.letter(DeadLetterReason.INVALID);
        JsonNode list = service.get("/frames/dead-letters").json();
        assertThat(list.valueStream().map(one -> one.path("id").asText())).containsExactly(third, second, first);
        assertThat(list.path(0).toString()).isEqualTo("{\"id\":\"" + third
                + "\",\"frame_id\":\"f-1\",\"camera_id\":\"yard\",\"reason\":\"invalid\",\"detail\":\"because\","
                + "\"attempt\":3,\"dead_at\":" + list.path(0).path("dead_at") + "}");
        assertThat(service.get("/frames/dead-letters?limit=1&after=" + third).json().path(0).path("id").asText())
                .isEqualTo(second);
        assertThat(service.get("/frames/dead-letters?reason=rejected").json()).hasSize(1);
    }

    @Test
    void oneIsShownWhole() {
        JsonNode shown = service.get("/frames/dead-letters/" + service.letter(DeadLetterReason.MAX_ATTEMPTS)).json();
        assertThat(shown.path("source").asText()).isEqualTo("frames:returned 0-0");
        assertThat(shown.path("fields").toString()).contains("{\"name\":\"camera_id\",\"bytes\":4,\"value\":\"yard\"}");
        assertThat(shown.path("history")).isEmpty();
    }

    @Test
    void theyAreHandedOffAgainByIdByReasonOrAll() {
        String first = service.letter(DeadLetterReason.INVALID);
        service.letter(DeadLetterReason.REJECTED);
        service.letter(DeadLetterReason.REJECTED);
        service.letter(DeadLetterReason.NO_PROCESSOR);
        assertThat(service.post("/frames/dead-letters/requeue", "{\"ids\": [\"" + first + "\", \"1-1\"]}").text())
                .isEqualTo("{\"requeued\":1,\"missing\":[\"1-1\"],\"next\":null,\"up_to\":null}");
        assertThat(requeued("{\"reason\": \"rejected\"}")).isEqualTo(2);
        assertThat(requeued("{\"all\": true}")).isOne();
        assertThat(requeued("{\"all\": true}")).isZero();
        assertThat(service.get("/frames/dead-letters").json()).isEmpty();
    }

    private int requeued(String body) {
        return service.post("/frames/dead-letters/requeue", body).json().path("requeued").asInt();
    }

    @Test
    void oneThatIsRemovedIsNotThere() {
        String id = service.letter(DeadLetterReason.INVALID);
        assertThat(service.call("DELETE", "/frames/dead-letters/" + id, "").status()).isEqualTo(204);
        assertThat(service.call("DELETE", "/frames/dead-letters/" + id, "").status()).isEqualTo(404);
        assertThat(service.get("/frames/dead-letters/" + id).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "null", "{}", "{\"all\": false}", "{\"all\": true, \"reason\": \"invalid\"}",
            "{\"ids\": \"1-1\"}", "{\"ids\": [1]}", "{\"ids\": [null]}", "{\"ids\": [[]]}", "{\"ids\": [\"-\"]}",
            "{\"reason\": \"boredom\"}", "{\"reason\": 7}", "{\"reason\": {}}", "{\"all\": true, \"after\": \"x\"}",
            "{\"all\": true, \"up_to\": 9}", "{\"ids\": [\"99999999999999999999999-0\"]}"})
    void aRequestThatMakesNoSenseIsRefusedWithTheFieldAtFault(String body) {
        assertThat(service.post("/frames/dead-letters/requeue", body).status()).isEqualTo(422);
    }

    @Test
    void behindTheLastIdThatThereCanBeIsNothing() {
        service.letter(DeadLetterReason.INVALID);
        String last = "18446744073709551615-18446744073709551615";
        assertThat(service.get("/frames/dead-letters?after=0-0").json()).isEmpty();
        assertThat(service.get("/frames/dead-letters?after=" + last).json()).hasSize(1);
        assertThat(requeued("{\"all\": true, \"after\": \"" + last + "\"}")).isZero();
        assertThat(requeued("{\"all\": true, \"up_to\": \"0-0\"}")).isZero();
        assertThat(service.get("/frames/dead-letters/" + last).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=1001", "limit=x", "limit=-1", "after=x", "after=1-", "reason=none",
            "after=%00"})
    void aQueryThatMakesNoSenseIsRefused(String query) {
        assertThat(service.get("/frames/dead-letters?" + query).status()).isEqualTo(422);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "-", "1-2-3", "%2F", "99999999999999999999-1", "+", "%28"})
    void whatIsNoIdNamesNoLetter(String id) {
        assertThat(service.get("/frames/dead-letters/" + id).status()).isEqualTo(404);
        assertThat(service.call("DELETE", "/frames/dead-letters/" + id, "").status()).isEqualTo(404);
    }
}
