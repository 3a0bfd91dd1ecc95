package framebuffer.orchestrator.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.orchestrator.observability.alerts.Alert;
import framebuffer.orchestrator.observability.alerts.AlertRule;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.embedded.EmbeddedRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Silences of alerts, set and shown over REST. */
class SilencesTest {
    @TempDir
    static Path folder;
    private static EmbeddedRedis server;

    private Service service;

    @BeforeAll
    static void startRedis() {
        server = EmbeddedRedis.start(folder);
    }

    @AfterAll
    static void stopRedis() {
        server.close();
    }

    @BeforeEach
    void open() {
        try (RedisConnection redis = RedisConnection.open(server.address())) {
            redis.call("FLUSHALL");
        }
        service = new Service(server.address());
        service.alerts = List.of(alert("face-1"), alert("face-2"),
                new Alert(AlertRule.FRAMES_LOST, "", Instant.EPOCH, "lost"));
    }

    @AfterEach
    void close() {
        service.close();
    }

    private static Alert alert(String processor) {
        return new Alert(AlertRule.CIRCUIT_OPEN, processor, Instant.EPOCH, "is open");
    }

    private JsonNode silence(String rule, String body) {
        return service.post("/alerts/" + rule + "/silence", body).json();
    }

    private List<Boolean> silenced() {
        return service.get("/alerts").json().valueStream().map(one -> !one.path("silenced_until").isNull()).toList();
    }

    @Test
    void oneSubjectOrAllOfARuleAreSilenced() {
        JsonNode silence = silence("CircuitOpen",
                "{\"duration\": 7200, \"subject\": \"face-2\", \"reason\": \"trial\"}");
        assertThat(Duration.between(Instant.parse(silence.path("since").asText()),
                Instant.parse(silence.path("until").asText()))).isEqualTo(Duration.ofHours(2));
        assertThat(silenced()).containsExactly(false, true, false);
        silence("CircuitOpen", "{\"duration\": 60}");
        assertThat(silenced()).containsExactly(true, true, false);
        assertThat(service.get("/alerts").json().at("/1/silenced_until").asText())
                .as("the longer silence").isEqualTo(silence.path("until").asText());
        assertThat(service.call("DELETE", "/alerts/CircuitOpen/silence", "").status()).isEqualTo(204);
        assertThat(silenced()).containsExactly(false, true, false);
        assertThat(service.call("DELETE", "/alerts/CircuitOpen/silence?subject=face-2", "").status()).isEqualTo(204);
        assertThat(silenced()).containsExactly(false, false, false);
    }

    @Test
    void alertsAreCountedByRule() {
        silence("CircuitOpen", "{\"duration\": 7200, \"subject\": \"face-2\"}");
        silence("NoFramesFromCamera", "{\"duration\": 7200, \"subject\": \"yard\"}");
        JsonNode groups = service.get("/alerts/groups").json();
        assertThat(groups.findValuesAsText("count")).containsExactly("2", "1", "0");
        assertThat(groups.path(0).path("silenced").asInt()).isOne();
        assertThat(groups.path(0).path("subjects")).hasSize(2);
        assertThat(groups.at("/0/silences/0/subject").asText()).isEqualTo("face-2");
        assertThat(groups.at("/2/silences/0/subject").asText()).isEqualTo("yard");
    }

    @Test
    void aSilenceEndsByItself() {
        silence("FramesLost", "{\"duration\": 60}");
        assertThat(silenced()).containsExactly(false, false, true);
        service.clock.advance(Duration.ofDays(36_500));
        assertThat(silenced()).containsExactly(false, false, false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"duration\": 0}", "{\"duration\": 604801}", "{\"duration\": \"2h\"}",
            "{\"duration\": null}"})
    void aDurationThatIsNoneIsRefusedByName(String body) {
        assertThat(silence("CircuitOpen", body).at("/errors/0/field").asText()).isEqualTo("duration");
    }
}
