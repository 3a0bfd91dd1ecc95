package framebuffer.orchestrator.api;

import static framebuffer.orchestrator.api.ProcessorsApiTest.problem;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.api.contract.CheckedClient.Answer;
import framebuffer.redis.embedded.EmbeddedRedis;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No malformed input gets a 5xx or harms the server. */
class HostileInputTest {
    private static final int MEBIBYTE = 1 << 20;

    @TempDir
    static Path folder;
    private static EmbeddedRedis server;
    private static Service service;

    @BeforeAll
    static void start() {
        server = EmbeddedRedis.start(folder);
        service = new Service(server.address());
    }

    @AfterAll
    static void stop() {
        service.close();
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "42", "{", "{}{}", "{\"id\": 1, \"id\": 2}", "not json", "\"text\"",
            "{\"id\": \"..\\u0000\"}", "{\"id\": [[[]]], \"capabilities\": {}, \"capacity\": \"x\", \"metadata\": 1}",
            "{\"id\": \"a\", \"capabilities\": [\"x\"], \"capacity\": 1e999}",
            "{\"id\": \"a\", \"capabilities\": [\"x\"], \"capacity\": 99999999999999999999999}",
            "{\"id\": \"a\", \"capabilities\": [null], \"capacity\": 1}",
            "{\"id\": \"a\", \"capabilities\": [\"x\"], \"capacity\": 1, \"queue\": \"frames:ready:\"}",
            "{\"id\": \"a\", \"capabilities\": [\"x\"], \"capacity\": 1, \"health_endpoint\": \"file:///etc/passwd\"}"})
    void whatMakesNoSenseIsInvalid(String body) {
        problem(service.post("/processors/register", body), 422, "invalid");
        problem(service.call("PUT", "/processors/a", body), 422, "invalid");
    }

    @Test
    void deepJsonIsInvalid() {
        problem(service.post("/processors/register", "[".repeat(200_000)), 422, "invalid");
        for (int depth : new int[]{33, 500, 990, 1_000, 5_000}) {
            problem(service.post("/processors/register", registration("\"metadata\": {\"a\": " + "[".repeat(depth)
                    + "]".repeat(depth) + "}")), 422, "invalid");
        }
        assertThat(service.get("/processors").status()).isEqualTo(200);
    }

    @Test
    void invalidUtf8IsInvalid() {
        byte[] body = registration("\"endpoint\": \"?\"").getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < body.length; i++) {
            body[i] = body[i] == '?' ? (byte) 0xc3 : body[i];
        }
        problem(service.call("POST", "/processors/register", BodyPublishers.ofByteArray(body)), 422, "invalid");
    }

    @Test
    void halvesOfCharactersAreHarmless() {
        Answer answer = service.post("/processors/register",
                "{\"id\": \"half\", \"capabilities\": [\"\\ud800\"], \"capacity\": 1, \"endpoint\": \"\\udfff\", "
                        + "\"metadata\": {\"\\ud83d\": \"\\u0000\"}}");
        assertThat(answer.status()).isLessThan(500);
        assertThat(service.get("/processors").status()).isEqualTo(200);
        assertThat(service.call("DELETE", "/processors/half", "").status()).isLessThan(500);
    }

    @Test
    void aBodyOfOneMebibyteIsReadAndALargerOneIsNot() {
        String most = registration("\"more\": \"" + "x".repeat(MEBIBYTE - 100) + "\"");
        assertThat(most.length()).isLessThanOrEqualTo(MEBIBYTE);
        assertThat(service.call("PUT", "/processors/a", most).status()).isEqualTo(404);
        for (int size : new int[]{MEBIBYTE + 1, 2 * MEBIBYTE, 10 * MEBIBYTE}) {
            problem(service.post("/processors/register", "x".repeat(size)), 413, "too-large");
            problem(service.call("POST", "/processors/heartbeat",
                    BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[size]))), 413, "too-large");
        }
    }

    @Test
    void whoSendsAllBeforeReadingStillLearnsThatItWasTooMuch() {
        assertThat(
                service.raw("POST /processors/register HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + 8 * MEBIBYTE
                        + "\r\n\r\n" + "x".repeat(8 * MEBIBYTE)))
                .startsWith("HTTP/1.1 413").contains("too-large");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/processors/..%2f..%2fetc%2fpasswd", "/processors/%2e%2e", "/processors/../../etc/passwd",
            "/processors/%00", "/processors/a%00b", "/processors/%ff%fe", "/processors/;a=b", "/processors/a;b",
            "/processors/%0d%0aX-Evil:%201", "/processors//", "//processors", "/processors/*", "/processors?status=%00",
            "/processors?capability=%ff", "/processors?&&==&", "/processors/%F0%9F%8E%A5"})
    void strangePathsAreAnsweredLikeAnyOther(String path) {
        Answer answer = service.get(path);
        assertThat(answer.status()).as(answer.text()).isBetween(200, 499);
        assertThat(answer.header("X-Evil")).isEmpty();
    }

    @Test
    void noPathNeedsATrailingSlashToBeSafe() {
        assertThat(service.call("DELETE", "/processors/" + "x".repeat(1_000), "").status()).isEqualTo(404);
        assertThat(service.post("/processors/" + "%00".repeat(100) + "/heartbeat", "").status()).isBetween(400, 499);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/xml", "application/x-www-form-urlencoded", "nonsense", "a/b;c=",
            "application/json; charset=utf-7"})
    void theContentTypeDoesNotMatter(String type) {
        assertThat(service.call("PUT", "/processors/unknown", registration("\"x\": 1").replace("\"a\"", "\"unknown\""),
                "Content-Type", type).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /health?a=%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET /processors?status=%z HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET / HTTP/9.9\r\n\r\n",
            "GET /health HTTP/1.1\r\n\r\n", "GET /health HTTP/1.1\r\nHost: \u0000\r\n\r\n",
            "\u0000\u0001\u0002\r\n\r\n",
            "POST /processors/heartbeat HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n{}",
            "POST /processors/heartbeat HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n{}",
            "POST /processors/heartbeat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n{}",
            "POST /processors/heartbeat HTTP/1.1\r\nHost: localhost\r\nContent-Length: abc\r\n\r\n{}",
            "POST /processors/heartbeat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
            "POST /processors/heartbeat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{}",
            "POST /processors/heartbeat HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
            "POST /processors/heartbeat HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
            "POST /processors/heartbeat HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
            "POST /processors/heartbeat HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
            "POST /processors/heartbeat HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
            "GET /health HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: \u00e9\r\nConnection: close\r\n\r\n",
            "GET /health HTTP/1.1\r\nHost: localhost\r\nAccept: \u00ff\r\nConnection: close\r\n\r\n",
            "GET /metrics HTTP/1.1\r\nHost: localhost\r\nAuthorization: \u0001\r\nConnection: close\r\n\r\n"})
    void whatIsHardlyHttpGetsNo5xx(String request) {
        String answer = service.raw(request);
        assertThat(answer).doesNotContain("HTTP/1.1 5");
        assertThat(service.get("/health").status()).isEqualTo(200);
    }

    @Test
    void whatIsNoHttpIsAnsweredAsAProblem() {
        assertThat(service
                .raw("POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n"))
                .startsWith("HTTP/1.1 400")
                .contains("application/problem+json", "\"status\":400", "X-Request-ID: ", "\"request_id\":\"");
    }

    @Test
    void tooLongALineOrHeaderIsRefused() {
        assertThat(service.raw("GET /" + "x".repeat(100_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 4").contains("application/problem+json");
        assertThat(service.raw("GET / HTTP/1.1\r\nHost: localhost\r\nA: " + "x".repeat(100_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 4").contains("application/problem+json");
    }

    @Test
    void randomBytesGetNo5xx() {
        Random random = new Random(20_261_123);
        String valid = registration("\"metadata\": {\"a\": [1, \"b\", null]}, \"heartbeat_interval\": 5");
        for (int i = 0; i < 500; i++) {
            byte[] body = valid.getBytes(StandardCharsets.UTF_8);
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }
            Answer answer = service.call("POST", "/processors/register", BodyPublishers.ofByteArray(body));
            assertThat(answer.status()).as(new String(body, StandardCharsets.ISO_8859_1)).isLessThan(500);
        }
        assertThat(service.get("/processors").status()).isEqualTo(200);
    }

    private static String registration(String more) {
        return "{\"id\": \"a\", \"capabilities\": [\"x\"], \"capacity\": 1, " + more + "}";
    }
}
