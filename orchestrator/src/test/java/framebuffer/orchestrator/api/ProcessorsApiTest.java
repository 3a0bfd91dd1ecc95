package framebuffer.orchestrator.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.contract.CheckedClient.Answer;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy.RegistrationLimits;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.embedded.EmbeddedRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessorsApiTest {
    private static final String FACE = "{\"id\": \"face-1\", \"capabilities\": [\"face_detection\"], \"capacity\": 100, "
            + "\"queue\": \"frames:ready:face-1\", \"unknown\": true}";

    @TempDir
    static Path folder;
    private static EmbeddedRedis server;

    private RedisConnection redis;
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
        redis = RedisConnection.open(server.address());
        redis.call("FLUSHALL");
        service = new Service(server.address());
    }

    @AfterEach
    void close() {
        service.close();
        redis.close();
    }

    @Test
    void registeringAnswers201WithTheProcessorAndItsPlace() {
        Answer answer = service.post("/processors/register", FACE);
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.header("Location")).isEqualTo("/processors/face-1");
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(answer.json())
                .isEqualTo(Service.parsed("{\"id\": \"face-1\", \"capabilities\": [\"face_detection\"], "
                        + "\"capacity\": 100, \"queue\": \"frames:ready:face-1\", \"heartbeat_interval\": 30.0, "
                        + "\"concurrency\": 1, \"metadata\": {}, \"status\": \"healthy\", "
                        + "\"status_reason\": \"registered, and within its lease of 60 s\", \"circuit\": \"closed\", \"draining\": false, "
                        + "\"last_seen\": \"2026-11-23T12:00:00.000000Z\", \"registered_at\": \"2026-11-23T12:00:00.000000Z\"}"));
        assertThat(service.get(answer.header("Location")).json()).isEqualTo(answer.json());
    }

    @Test
    void theVersionedPathsLinkToThemselves() {
        Answer answer = service.post("/api/v1/processors/register", FACE);
        assertThat(answer.header("Location")).isEqualTo("/api/v1/processors/face-1");
        assertThat(service.get("/api/v1/processors").json()).hasSize(1);
    }

    @Test
    void aLiveProcessorIsAlreadyRegistered() {
        service.post("/processors/register", FACE);
        Answer again = service.post("/processors/register", FACE);
        problem(again, 409, "already-registered");
        assertThat(again.json().path("detail").asText()).contains("already registered");
    }

    @Test
    void anotherLifeUnderTheSameIdIsAcceptedAfterFiveSecondsOfSilence() {
        service.post("/processors/register", FACE);
        service.clock.advance(Duration.ofSeconds(5));
        assertThat(service.post("/processors/register", FACE).status()).isEqualTo(201);
    }

    @Test
    void aQueueOfAnotherIsRefused() {
        service.post("/processors/register", FACE);
        Answer answer = service.post("/processors/register", FACE.replace("\"face-1\"", "\"face-2\""));
        problem(answer, 409, "queue-taken");
        assertThat(answer.json().path("detail").asText())
                .isEqualTo("Queue frames:ready:face-1 belongs to processor face-1");
    }

    @Test
    void aQueueWhoseNameIsUsedForSomethingElseIsRefused() {
        redis.call("SET", "frames:ready:face-1", "x");
        problem(service.post("/processors/register", FACE), 409, "queue-unusable");
    }

    @Test
    void pastTheLimitTheRegistryIsFull() {
        try (Service small = new Service(server.address(), new RegistrationLimits(1, Duration.ofSeconds(5)),
                ApiTokens.NONE)) {
            small.post("/processors/register", FACE);
            Answer answer = small.post("/processors/register", FACE.replace("face-1", "face-2"));
            problem(answer, 409, "registry-full");
            assertThat(small.get("/processors").json()).hasSize(1);
        }
    }

    @Test
    void whatIsInvalidIsNamedFieldByField() {
        Answer answer = service.post("/processors/register",
                "{\"id\": \"a/b\", \"capabilities\": [], \"capacity\": 0, \"queue\": \"elsewhere\"}");
        problem(answer, 422, "invalid");
        assertThat(answer.json().path("errors")).extracting(error -> error.path("field").asText())
                .containsExactlyInAnyOrder("id", "capabilities", "capacity", "queue");
        assertThat(answer.json().path("errors").path(0).path("reason").asText()).isNotEmpty();
    }

    @Test
    void theListIsAnArrayAndCanBeNarrowed() {
        assertThat(service.get("/processors").text()).isEqualTo("[]");
        service.post("/processors/register", FACE);
        service.post("/processors/register", "{\"id\": \"car-1\", \"capabilities\": [\"cars\"], \"capacity\": 1}");
        service.post("/processors/heartbeat", "{\"processor_id\": \"car-1\", \"status\": \"degraded\"}");
        assertThat(ids("/processors")).isEqualTo("[car-1, face-1]");
        assertThat(ids("/processors?capability=cars")).isEqualTo("[car-1]");
        for (String path : new String[]{"/processors", "/processors/search", "/api/v1/processors/search"}) {
            assertThat(ids(path + "?capability=face_detection&status=healthy")).isEqualTo("[face-1]");
            assertThat(ids(path + "?capability=cars&status=healthy")).isEqualTo("[]");
        }
        assertThat(ids("/processors?status=degraded")).isEqualTo("[car-1]");
        assertThat(ids("/processors?status=unhealthy")).isEqualTo("[]");
        assertThat(ids("/processors?capability=&status=")).isEqualTo("[car-1, face-1]");
        problem(service.get("/processors?status=tired"), 422, "invalid");
    }

    @Test
    void anUnknownProcessorIsNotFound() {
        for (Answer answer : new Answer[]{service.get("/processors/face-1"),
                service.call("PUT", "/processors/face-1", FACE), service.call("DELETE", "/processors/face-1", ""),
                service.post("/processors/face-1/heartbeat", "{}"),
                service.post("/processors/heartbeat", "{\"processor_id\": \"face-1\"}")}) {
            problem(answer, 404, "not-found");
            assertThat(answer.json().path("detail").asText()).contains("not found");
        }
    }

    @Test
    void anUpdateReplacesTheRegistration() {
        service.post("/processors/register", FACE);
        Answer answer = service.call("PUT", "/processors/face-1", "{\"capabilities\": [\"age\"], \"capacity\": 7}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("capacity").asInt()).isEqualTo(7);
        assertThat(service.get("/processors/face-1").json().path("capabilities").toString()).isEqualTo("[\"age\"]");
    }

    @Test
    void anUpdateForAnotherIdIsInvalid() {
        service.post("/processors/register", FACE);
        Answer answer = service.call("PUT", "/processors/face-1", FACE.replace("\"face-1\"", "\"face-2\""));
        problem(answer, 422, "invalid");
        assertThat(answer.json().path("errors").path(0).path("field").asText()).isEqualTo("id");
    }

    @Test
    void unregisteringAnswers204() {
        service.post("/processors/register", FACE);
        Answer answer = service.call("DELETE", "/processors/face-1", "");
        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.text()).isEmpty();
        assertThat(service.get("/processors").text()).isEqualTo("[]");
    }

    @Test
    void aHeartbeatIsShown() {
        service.post("/processors/register", FACE);
        service.clock.advance(Duration.ofSeconds(3));
        Answer answer = service.post("/processors/heartbeat",
                "{\"processor_id\": \"face-1\", \"status\": \"degraded\", "
                        + "\"capacity_used\": 12, \"frames_processed\": 34, \"avg_processing_time_ms\": 5.5, "
                        + "\"errors_last_minute\": 1, \"unknown\": {}}");
        assertThat(answer.status()).isEqualTo(200);
        JsonNode shown = service.get("/processors/face-1").json();
        assertThat(shown).isEqualTo(answer.json());
        assertThat(shown.path("status").asText()).isEqualTo("degraded");
        assertThat(shown.path("last_seen").asText()).isEqualTo("2026-11-23T12:00:03.000000Z");
        assertThat(shown.path("registered_at").asText()).isEqualTo("2026-11-23T12:00:00.000000Z");
        assertThat(shown.path("frames_processed").asLong()).isEqualTo(34);
        assertThat(shown.path("avg_processing_time_ms").asDouble()).isEqualTo(5.5);
    }

    @Test
    void aHeartbeatByPathNeedsNoBody() {
        service.post("/processors/register", FACE);
        assertThat(service.post("/processors/face-1/heartbeat", "").status()).isEqualTo(200);
        problem(service.post("/processors/face-1/heartbeat", "{\"processor_id\": \"face-2\"}"), 422, "invalid");
        problem(service.post("/processors/heartbeat", ""), 422, "invalid");
    }

    @Test
    void silenceForTheLeaseIsShown() {
        service.post("/processors/register", FACE);
        service.clock.advance(Duration.ofSeconds(60));
        JsonNode shown = service.get("/processors/face-1").json();
        assertThat(shown.path("status").asText()).isEqualTo("unhealthy");
        assertThat(shown.path("status_reason").asText()).isEqualTo("no sign of life within its lease of 60 s");
    }

    @Test
    void aRefusalOfRedisIsTold() {
        redis.call("SET", "processors:registry", "no hash");
        Answer answer = service.post("/processors/register", FACE);
        problem(answer, 503, "unavailable");
        assertThat(answer.json().path("detail").asText()).startsWith("Redis refuses: WRONGTYPE");
        assertThat(answer.header("Retry-After")).isEqualTo("1");
    }

    @Test
    void ofFiftyWhoRegisterAtOnceNoMoreGetInThanAreAllowed() throws Exception {
        try (Service small = new Service(server.address(), new RegistrationLimits(20, Duration.ofSeconds(5)),
                ApiTokens.NONE);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch go = new CountDownLatch(1);
            List<Future<Answer>> asked = IntStream.range(0, 50).mapToObj(i -> threads.submit(() -> {
                go.await();
                return small.post("/processors/register", FACE.replace("face-1", "face-" + i));
            })).toList();
            go.countDown();
            int registered = 0;
            for (Future<Answer> one : asked) {
                Answer answer = one.get();
                if (answer.status() == 201) {
                    registered++;
                } else {
                    problem(answer, 409, "registry-full");
                }
            }
            assertThat(registered).isEqualTo(20);
            assertThat(small.get("/processors").json()).hasSize(20);
        }
    }

    @Test
    void theHealthOfAProcessorIsOurJudgementAndWhatItSaid() {
        service.post("/processors/register", FACE);
        service.post("/processors/heartbeat", "{\"processor_id\": \"face-1\", \"errors_last_minute\": 2}");
        assertThat(service.get("/processors/face-1/health").json()).isEqualTo(Service.parsed("{\"processor_id\": "
                + "\"face-1\", \"status\": \"healthy\", \"status_reason\": \"reports healthy, and is within its lease of "
                + "60 s\", \"circuit\": \"closed\", \"draining\": false, \"last_seen\": \"2026-11-23T12:00:00.000000Z\", \"lease_ends\": "
                + "\"2026-11-23T12:01:00.000000Z\", \"errors_last_minute\": 2}"));
        problem(service.get("/processors/nobody/health"), 404, "not-found");
    }

    @Test
    void aDrainingProcessorIsShownAndItsHeartbeatsAreAnswered() {
        service.post("/processors/register", FACE);
        Answer answer = service.post("/processors/face-1/drain", "");
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.json()).isEqualTo(service.get("/processors").json().path(0));
        assertThat(answer.json().path("draining").asBoolean()).isTrue();
        assertThat(service.post("/processors/face-1/heartbeat", "").status()).isEqualTo(200);
        service.call("PUT", "/processors/face-1", FACE);
        assertThat(service.get("/processors/face-1").json().path("draining").asBoolean()).isFalse();
        problem(service.post("/processors/nobody/drain", ""), 404, "not-found");
    }

    private String ids(String path) {
        return service.get(path).json().findValuesAsText("id").toString();
    }

    static void problem(Answer answer, int status, String kind) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().path("status").asInt()).isEqualTo(status);
        assertThat(answer.json().path("type").asText()).isEqualTo("urn:frame-buffer:problem:" + kind);
        assertThat(answer.json().path("title").asText()).isNotEmpty();
        assertThat(answer.json().path("detail").asText()).isNotEmpty();
        assertThat(answer.json().path("instance").asText()).startsWith("/");
        assertThat(answer.json().path("request_id").asText()).isEqualTo(answer.header("X-Request-ID"));
    }
}
