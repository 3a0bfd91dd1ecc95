package framebuffer.orchestrator.api;

import static framebuffer.orchestrator.api.ProcessorsApiTest.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.contract.CheckedClient.Answer;
import framebuffer.orchestrator.api.server.ApiServer;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy.RegistrationLimits;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.embedded.EmbeddedRedis;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiServerTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir
    static Path folder;
    private static EmbeddedRedis server;
    private static RedisConnection redis;
    private static Service service;

    @BeforeAll
    static void start() {
        server = EmbeddedRedis.start(folder);
        redis = RedisConnection.open(server.address());
        service = new Service(server.address());
    }

    @AfterAll
    static void stop() {
        service.close();
        redis.close();
        server.close();
    }

    @Test
    void theLedgerHasTheDocumentedForm() {
        redis.call("HSET", "frame-buffer:ledger", "captured:cam0", "3", "done:cam0", "2");
        redis.call("XADD", "frames:returned", "*", "frame_id", "f3");
        assertThat(service.get("/frames/ledger").text()).isEqualTo("{\"balanced\":true,\"total\":{\"captured\":3,"
                + "\"done\":2,\"shed\":{},\"dead\":0,\"in_flight\":1,\"lost\":0},\"cameras\":[{\"camera_id\":\"cam0\","
                + "\"captured\":3,\"done\":2,\"shed\":{},\"dead\":0,\"in_flight\":1,\"lost\":0}]}");
        assertThat(service.get("/api/v1/frames/ledger").status()).isEqualTo(200);
    }

    @Test
    void healthIsTheWorstOfItsChecks() {
        try (Service ill = new Service(server.address())) {
            assertThat(ill.get("/health").text()).isEqualTo("{\"status\":\"healthy\",\"checks\":[{\"name\":\"redis\","
                    + "\"status\":\"healthy\"},{\"name\":\"processors\",\"status\":\"healthy\"}]}");
            ill.minor = Optional.of("none is there");
            assertThat(ill.get("/health").status()).isEqualTo(200);
            assertThat(ill.get("/health").json().path("status").asText()).isEqualTo("degraded");
            ill.vital = () -> Optional.of("no Redis");
            assertThat(ill.get("/health").status()).isEqualTo(503);
            assertThat(ill.get("/api/v1/health/ready").text()).isEqualTo("{\"status\":\"unhealthy\",\"checks\":["
                    + "{\"name\":\"redis\",\"status\":\"unhealthy\",\"detail\":\"no Redis\"},"
                    + "{\"name\":\"processors\",\"status\":\"degraded\",\"detail\":\"none is there\"}]}");
            assertThat(ill.get("/health/live").text()).isEqualTo("{\"status\":\"healthy\"}");
        }
    }

    @Test
    void metricsComeInTheFormatThatIsAskedFor() {
        Answer plain = service.get("/metrics");
        assertThat(plain.text()).isEqualTo("up 1 # text/plain");
        assertThat(plain.header("Content-Type")).isEqualTo("text/plain");
        assertThat(service.get("/metrics", "Accept", "application/openmetrics-text").header("Content-Type"))
                .isEqualTo("application/openmetrics-text");
    }

    @Test
    void anUnknownPathIsAProblem() {
        for (String path : List.of("/nothing", "/api/v1", "/api/v2/processors", "/processors/a/b/c",
                "/health/x")) {
            Answer answer = service.get(path);
            problem(answer, 404, "not-found");
            assertThat(answer.json().path("instance").asText()).isEqualTo(path);
        }
    }

    @Test
    void aWrongMethodIsAProblemThatSaysWhatIsAllowed() {
        Answer answer = service.call("PATCH", "/processors/face-1", "");
        problem(answer, 405, "method-not-allowed");
        assertThat(answer.header("Allow")).isEqualTo("DELETE, GET, HEAD, PUT");
        assertThat(service.post("/api/v1/metrics", "").header("Allow")).isEqualTo("GET, HEAD");
        assertThat(service.call("OPTIONS", "/processors", "").header("Allow")).isEqualTo("GET, HEAD");
        assertThat(service.call("BREW", "/processors/heartbeat", "").status()).isEqualTo(405);
    }

    @Test
    void headIsGetWithoutABody() {
        Answer answer = service.call("HEAD", "/health", "");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEmpty();
        assertThat(service.get("/health").status()).as("the connection is still good").isEqualTo(200);
    }

    @Test
    void whatHeadWouldGetIsToldAndNotSent() {
        for (String path : List.of("/docs", "/nothing")) {
            String length = service.get(path, "X-Request-ID", "r1").header("Content-Length");
            assertThat(service.raw("HEAD " + path + " HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: r1\r\n"
                    + "Connection: close\r\n\r\n")).contains("Content-Length: " + length + "\r\n").endsWith("\r\n\r\n");
        }
    }

    @Test
    void aSaneRequestIdIsEchoedAndAnyOtherReplaced() {
        assertThat(service.get("/health", "X-Request-ID", "abc-123").header("X-Request-ID")).isEqualTo("abc-123");
        assertThat(service.get("/nothing", "X-Request-ID", "!~").json().path("request_id").asText()).isEqualTo("!~");
        assertThat(service.get("/health").header("X-Request-ID")).isNotEmpty();
        assertThat(service.get("/health", "X-Request-ID", "x".repeat(128)).header("X-Request-ID")).hasSize(128);
        for (String insane : List.of("", "two words", "x".repeat(129))) {
            assertThat(service.get("/health", "X-Request-ID", insane).header("X-Request-ID")).hasSize(36);
        }
    }

    @Test
    void anErrorOfOursTellsNothingOfTheInside() {
        Answer answer = service.get("/metrics", "Accept", "broken", "X-Request-ID", "r1");
        problem(answer, 500, "internal");
        assertThat(answer.text()).doesNotContain("secret").contains("r1");
    }

    @Test
    void withATokenOnlyHealthAndMetricsAreOpen() {
        try (Service closed = new Service(server.address(), RegistrationLimits.DEFAULT, ApiTokens.of("s3cret"))) {
            for (String path : List.of("/health", "/health/live", "/health/ready", "/metrics", "/api/v1/health")) {
                assertThat(closed.get(path).status()).isEqualTo(200);
            }
            for (String path : List.of("/processors", "/processors/x", "/frames/ledger", "/nothing",
                    "/api/v1/processors")) {
                Answer answer = closed.get(path);
                problem(answer, 401, "unauthorized");
                assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"frame-buffer\"");
            }
            assertThat(closed.post("/processors/register", "{}").status()).isEqualTo(401);
        }
    }

    @Test
    void onlyTheTokenItselfOpens() {
        try (Service closed = new Service(server.address(), RegistrationLimits.DEFAULT, ApiTokens.of("s3cret"))) {
            assertThat(closed.get("/processors", "Authorization", "Bearer s3cret").status()).isEqualTo(200);
            assertThat(closed.get("/processors", "Authorization", "bearer  s3cret").status()).isEqualTo(200);
            for (String wrong : List.of("Bearer s3cre", "Bearer s3cret2", "Basic s3cret", "s3cret", "Bearer",
                    "Bearer ")) {
                assertThat(closed.get("/processors", "Authorization", wrong).status()).as(wrong).isEqualTo(401);
            }
        }
    }

    @Test
    void aTokenIsNeverBlankAndNeverShown() {
        assertThatThrownBy(() -> ApiTokens.of(" ")).isInstanceOf(IllegalArgumentException.class);
        assertThat(ApiTokens.of("s3cret")).asString().doesNotContain("s3cret");
    }

    @Test
    void whileRedisIsAwayEveryCallSaysSo(@TempDir Path elsewhere) {
        EmbeddedRedis gone = EmbeddedRedis.start(elsewhere);
        try (Service cut = new Service(gone.address())) {
            assertThat(cut.get("/processors").status()).isEqualTo(200);
            gone.close();
            for (Answer answer : List.of(cut.get("/processors"), cut.get("/processors/a"),
                    cut.post("/processors/heartbeat", "{\"processor_id\": \"a\"}"),
                    cut.post("/processors/register", "{\"id\": \"a\", \"capabilities\": [\"x\"], \"capacity\": 1}"),
                    cut.call("DELETE", "/processors/a", ""))) {
                problem(answer, 503, "unavailable");
                assertThat(answer.json().path("detail").asText())
                        .startsWith("Redis is unreachable: no Redis at redis://127.0.0.1:" + gone.address().port());
                assertThat(answer.header("Retry-After")).isEqualTo("1");
            }
            try (EmbeddedRedis back = EmbeddedRedis.start(elsewhere, gone.address().port(), List.of())) {
                assertThat(back.process().isAlive()).isTrue();
                assertThat(cut.get("/processors").status()).isEqualTo(200);
            }
        }
    }

    @Test
    void aTakenPortIsToldInOneLine() {
        ApiServer.Settings taken = new ApiServer.Settings("127.0.0.1", service.port(), ApiTokens.NONE);
        assertThatThrownBy(() -> start(taken)).isInstanceOf(ApiServer.ListenFailed.class)
                .hasMessage("port " + service.port() + " is in use; choose another with --port");
    }

    @Test
    void aHostThatIsNotOursIsToldInOneLine() {
        assertThatThrownBy(() -> start(new ApiServer.Settings("192.0.2.1", 0, ApiTokens.NONE)))
                .isInstanceOf(ApiServer.ListenFailed.class).hasMessageStartingWith("cannot listen on 192.0.2.1:0: ");
        assertThatThrownBy(() -> start(new ApiServer.Settings("no-such-host.invalid", 0, ApiTokens.NONE)))
                .isInstanceOf(ApiServer.ListenFailed.class)
                .hasMessageStartingWith("cannot listen on no-such-host.invalid:0: ");
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, localhost", "0.0.0.0, localhost", "::1, [::1]", "[::1], [::1]", "127.0.0.2, 127.0.0.2"})
    void theUrlThatIsToldWorksHere(String host, String told) throws Exception {
        try (ApiServer server = start(new ApiServer.Settings(host, 0, ApiTokens.NONE));
                HttpClient http = HttpClient.newHttpClient()) {
            assertThat(server.url()).isEqualTo("http://" + told + ":" + server.port());
            HttpRequest request = HttpRequest.newBuilder(URI.create(server.url() + "/health/live")).build();
            assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aBodyBeyondTheBoundIsTooLarge() throws Exception {
        ApiServer.ApiLimits tight = new ApiServer.ApiLimits(10, 16, Duration.ofSeconds(10));
        try (ApiServer server = start(new ApiServer.Settings("127.0.0.1", 0, ApiTokens.NONE, List.of(), tight));
                HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest
                    .newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/processors/register"))
                    .POST(BodyPublishers.ofString("x".repeat(17))).build();
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(413);
            assertThat(response.body()).contains("larger than 16 bytes");
        }
    }

    @Test
    void stoppingLetsARequestInProgressFinish() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch stopping = new CountDownLatch(1);
        Service stopped = new Service(server.address());
        stopped.vital = () -> {
            asked.countDown();
            await(stopping);
            return Optional.empty();
        };
        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> stopped.get("/health"));
        asked.await();
        CompletableFuture<Void> closed = CompletableFuture.runAsync(stopped::close);
        stopping.countDown();
        assertThat(answer.join().status()).isEqualTo(200);
        closed.join();
        assertThatThrownBy(() -> stopped.get("/health")).isInstanceOf(AssertionError.class);
    }

    @Test
    void anIdleServerStopsAtOnce() {
        Service idle = new Service(server.address());
        idle.get("/health");
        long before = System.nanoTime();
        idle.close();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(SECOND.multipliedBy(3));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ApiServer start(ApiServer.Settings settings) {
        return ApiServer.start(settings, service.resources);
    }
}
