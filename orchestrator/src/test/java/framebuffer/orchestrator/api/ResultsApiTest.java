package framebuffer.orchestrator.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.redis.embedded.EmbeddedRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Results over REST. */
class ResultsApiTest {
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

    private static List<String> frames(JsonNode page) {
        return page.path("results").valueStream().map(one -> one.path("frame_id").asText()).toList();
    }

    @Test
    void theyAreListedNewestFirstPageByPage() {
        service.result("f-1", "yard", "[]");
        service.result("f-2", "yard", "[]");
        service.result("f-3", "door",
                "{\"objects\": [{\"label\": \"person\", \"score\": 0.9, \"box\": [1, 2, 3, 4]}]}");
        JsonNode first = service.get("/results?limit=2").json();
        assertThat(frames(first)).containsExactly("f-3", "f-2");
        assertThat(first.path("results").path(0).path("objects"))
                .hasToString("[{\"label\":\"person\",\"score\":0.9,\"box\":[1,2,3,4]}]");
        JsonNode second = service.get("/results?limit=2&cursor=" + first.path("next").asText()).json();
        assertThat(frames(second)).containsExactly("f-1");
        assertThat(second.path("next").isNull()).isTrue();
        assertThat(second.path("more").asBoolean()).isFalse();
    }

    @Test
    void withTheOldestFirstTheNextPageHasWhatArrivesLater() {
        service.result("f-1", "yard", "[]");
        JsonNode first = service.get("/results?order=oldest").json();
        service.result("f-2", "yard", "[]");
        assertThat(frames(service.get("/results?order=oldest&cursor=" + first.path("next").asText()).json()))
                .containsExactly("f-2");
    }

    @Test
    void filtersAreCombined() {
        service.result("f-1", "yard", "[{\"label\": \"person\", \"score\": 0.9}]");
        service.result("f-2", "yard", "[{\"label\": \"person\", \"score\": 0.3}]");
        service.result("f-3", "door", "[{\"label\": \"person\", \"score\": 0.9}]");
        assertThat(frames(service.get("/results?camera=yard&label=person&min_score=0.5&capability=people"
                + "&from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z").json())).containsExactly("f-1");
    }

    @ParameterizedTest
    @CsvSource({"order,sideways", "limit,0", "limit,1001", "limit,many", "min_score,-1", "min_score,high",
            "from,yesterday", "to,noon", "cursor,a.b", "cursor,~"})
    void aBadParameterIsRefusedByItsName(String name, String value) {
        JsonNode problem = service.get("/results?" + name + "=" + value).json();
        assertThat(problem.path("status").asInt()).isEqualTo(422);
        assertThat(problem.path("errors").path(0).path("field").asText()).isEqualTo(name);
    }

    @Test
    void eventsComeWithTheIdFromWhichTheyContinue() throws IOException {
        try (Listener listener = new Listener(service.port(), "/results/events?camera=yard")) {
            String begun = listener.id();
            service.result("f-1", "door", "[]");
            service.result("f-2", "yard", "[]");
            assertThat(listener.id()).isNotEqualTo(begun);
            assertThat(listener.next("result").path("frame_id").asText()).isEqualTo("f-2");
            try (Listener again = new Listener(service.port(), "/results/events", "Last-Event-ID: " + begun)) {
                assertThat(again.next("result").path("frame_id").asText()).isEqualTo("f-1");
                assertThat(again.next("result").path("frame_id").asText()).isEqualTo("f-2");
            }
            service.close();
            assertThat(listener.ended()).isTrue();
        }
    }

    @Test
    void whileRedisIsAwayWhoIsBehindHearsOfTrouble() throws IOException {
        try (Listener listener = new Listener(service.port(), "/results/events", "Last-Event-ID: 1")) {
            listener.id();
            server.close();
            assertThat(listener.next("trouble").path("status").asInt()).isEqualTo(503);
        }
    }

    @Test
    void aBadIdOfTheLastEventIsRefusedByItsName() {
        JsonNode problem = service.get("/results/events", "Last-Event-ID", "~").json();
        assertThat(problem.path("errors").path(0).path("field").asText()).isEqualTo("Last-Event-ID");
    }

    @Test
    void asManyListenAsToTheOverview() throws IOException {
        List<Listener> listeners = new ArrayList<>();
        try {
            for (int i = 0; i < 128; i++) {
                listeners.add(new Listener(service.port(), "/results/events"));
                assertThat(listeners.getLast().id()).isNotEmpty();
            }
            assertThat(service.get("/results/events").status()).isEqualTo(503);
            assertThat(service.get("/overview/events").status()).isEqualTo(503);
        } finally {
            for (Listener listener : listeners) {
                listener.close();
            }
        }
    }
}
