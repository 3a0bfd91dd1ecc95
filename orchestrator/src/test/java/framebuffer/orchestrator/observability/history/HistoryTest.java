package framebuffer.orchestrator.observability.history;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.orchestrator.api.contract.Contract;
import framebuffer.orchestrator.api.contract.Running;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy.RegistrationLimits;
import framebuffer.redis.Replies;
import framebuffer.testkit.Await;
import framebuffer.wire.Keys;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The history of a running service. */
class HistoryTest {
    private static final String HISTORY = Keys.DEFAULT.history();

    @SuppressWarnings("NullAway.Init")
    private Running service;

    @BeforeEach
    void start(@TempDir Path folder) {
        service = new Running(folder, new RegistrationLimits(15, Duration.ofSeconds(5)));
        service.client().call("POST", "/processors/register", BodyPublishers.ofString(
                "{\"id\": \"face-1\", \"capacity\": 4, \"capabilities\": [\"face\"], \"heartbeat_interval\": 3600}"));
        service.redis().call("XADD", "frames:capture", "*", "frame_id", "f1", "camera_id", "yard", "detection_type",
                "face");
        Await.until("it is handed off", () -> Replies.number(service.redis().call("XLEN", "frames:ready:face-1")) == 1);
    }

    @AfterEach
    void stop() {
        service.close();
    }

    private JsonNode history(String query) {
        return service.client().get("/history" + query).json();
    }

    private long minute() {
        return Replies.time(service.redis().call("TIME")).getEpochSecond() / 60;
    }

    /** Moves the first record into the past, as if it had been written then, and removes the others. */
    private JsonNode age(Duration age) {
        Map<String, byte[]> records = records();
        String first = Collections.min(records.keySet());
        long past = Long.parseLong(first) - age.toMinutes();
        String text = new String(Objects.requireNonNull(records.get(first)), StandardCharsets.UTF_8)
                .replaceFirst("\"at\":\\d+", "\"at\":" + past * 60_000);
        service.redis().call("HSET", HISTORY, past, text);
        records.keySet().forEach(minute -> service.redis().call("HDEL", HISTORY, minute));
        return Contract.json(text);
    }

    private Map<String, byte[]> records() {
        Map<String, byte[]> all = Replies.map(service.redis().call("HGETALL", HISTORY));
        all.remove("writer");
        return all;
    }

    @Test
    void whatHappenedSinceTheLastRecordIsInTheNextOne() {
        Await.until("the beginning is recorded", () -> !records().isEmpty());
        service.redis().call("XADD", "frames:capture", "*", "frame_id", "f2", "camera_id", "yard", "detection_type",
                "face", "expires_at", "2020-01-01T00:00:00Z");
        Await.until("it is shed",
                () -> service.client().get("/frames/stats").json().path("shed").asInt() == 1);
        JsonNode before = age(Duration.ofMinutes(30));
        Await.until("it is recorded", () -> history("").path("points").size() == 1);
        JsonNode point = history("").path("points").path(0);
        assertThat(point.path("captured").asInt()).isEqualTo(2 - before.at("/counts/0").asInt()).isPositive();
        assertThat(point.at("/shed/expired").asInt()).isEqualTo(1 - before.at("/shed/expired").asInt());
        assertThat(point.at("/capabilities/0/utilization").asDouble()).isPositive();
        assertThat(point.at("/processors/0/processor_id").asText()).isEqualTo("face-1");
        assertThat(Duration.between(Instant.parse(point.path("from").asText()),
                Instant.parse(point.path("to").asText()))).isBetween(Duration.ofMinutes(29), Duration.ofMinutes(32));
    }

    @Test
    void recordsOfTheFutureAreRemovedBecauseTheClockWasSetBack() {
        Await.until("it is recorded", () -> !records().isEmpty());
        service.redis().call("HSET", HISTORY, minute() + 90, "{}");
        Await.until("it is removed",
                () -> records().keySet().stream().noneMatch(one -> Long.parseLong(one) > minute()));
    }

    @ParameterizedTest
    @CsvSource({"from, yesterday", "to, soon", "step, 61", "step, 0", "step, 86460", "from, 4000000000&to=3000000000",
            "step, 60&from=0"})
    void aParameterThatIsWrongIsRefusedByName(String field, String value) {
        assertThat(history("?" + field + "=" + value).at("/errors/0/field").asText()).isEqualTo(field);
    }

    @Test
    void theStepFitsTheTime() {
        assertThat(history("").path("step").asInt()).isEqualTo(900);
        assertThat(history("?from=" + (minute() - 60) * 60).path("step").asInt()).isEqualTo(60);
        assertThat(history("?step=3600").path("retention_seconds").asInt()).isEqualTo(86_400);
    }
}
