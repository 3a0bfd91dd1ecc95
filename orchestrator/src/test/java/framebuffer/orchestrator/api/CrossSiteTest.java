package framebuffer.orchestrator.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.orchestrator.api.access.AllowedHosts;
import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.server.ApiServer;
import framebuffer.redis.embedded.EmbeddedRedis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests of foreign web pages, sent over a socket because no HTTP client sends all of them. */
class CrossSiteTest {
    @TempDir
    static Path folder;
    private static EmbeddedRedis redis;
    private static Service service;
    private static ApiServer named;

    @BeforeAll
    static void start() {
        redis = EmbeddedRedis.start(folder);
        service = new Service(redis.address());
        named = ApiServer
                .start(new ApiServer.Settings("127.0.0.1", 0, ApiTokens.NONE, List.of("fb.example.org", "*.lan"),
                        ApiServer.ApiLimits.DEFAULT), service.resources);
    }

    @AfterAll
    static void stop() {
        named.close();
        service.close();
        redis.close();
    }

    /** Status line and body of the response. */
    private static String ask(int port, String line, String... headers) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write((line + "\r\n" + String.join("\r\n", headers)
                    + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String status(String answer) {
        return answer.split(" ", 3)[1];
    }

    private static String get(String... headers) {
        return status(ask(service.port(), "GET /control/status HTTP/1.1", headers));
    }

    private static String pause(String... headers) {
        return status(ask(service.port(), "POST /control/pause HTTP/1.1", headers));
    }

    private static String resume(int port, String... headers) {
        return status(ask(port, "POST /control/resume HTTP/1.1", headers));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LocalHost:8002", "localhost.", "localhost.:80", "127.0.0.1:8002", "10.1.2.3",
            "[::1]", "[::1]:8002", "[::ffff:127.0.0.1]", "app.localhost"})
    void loopbackNamesAndAddressesAreOurs(String host) {
        assertThat(get("Host: " + host)).isEqualTo("200");
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "evil.example:8002", "localhost.evil.example", "evil.example.", "127.1",
            "2130706433", "127.0.0.1.evil.example", "256.0.0.1", "1.2.3", "user@localhost", "localhost@evil.example",
            "localhost, evil.example", "localhost:80:80", "::1", "*", ".localhost"})
    void anyOtherHostIsMisdirected(String host) {
        assertThat(get("Host: " + host)).isIn("421", "400");
        assertThat(pause("Host: " + host)).isIn("421", "400");
        assertThat(status(ask(service.port(), "GET /nothing HTTP/1.1", "Host: " + host))).isIn("421", "400");
    }

    @Test
    void theAnswerNamesTheKeyThatAllowsAHost() {
        assertThat(ask(service.port(), "GET /overview HTTP/1.1", "Host: evil.example"))
                .startsWith("HTTP/1.1 421").contains("urn:frame-buffer:problem:misdirected", "allowed-hosts");
    }

    @Test
    void severalHostsAreNoRequest() {
        assertThat(get("Host: localhost", "Host: evil.example")).isEqualTo("400");
        assertThat(get("Host: evil.example", "Host: localhost")).isEqualTo("400");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/health/live", "/health/ready", "/api/v1/health"})
    void healthIsAnsweredWhateverTheHost(String path) {
        assertThat(status(ask(service.port(), "GET " + path + " HTTP/1.1", "Host: evil.example"))).isEqualTo("200");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Origin: https://evil.example", "Origin: null", "Origin: http://localhost:3000",
            "Origin: http://127.0.0.1:8002", "Origin: https://localhost:8002@evil.example", "Origin: file://",
            "Sec-Fetch-Site: cross-site", "Origin: http://localhost:8002, http://evil.example", "Origin: "})
    void nothingIsChangedForAPageOfAnotherOrigin(String header) {
        assertThat(pause("Host: localhost:8002", "Content-Type: text/plain", header)).isEqualTo("403");
        assertThat(service.get("/control/status").json().path("is_paused").asBoolean()).isFalse();
    }

    @Test
    void oneForeignOriginAmongSeveralIsEnough() {
        assertThat(pause("Host: localhost:8002", "Origin: http://localhost:8002", "Origin: http://evil.example"))
                .isEqualTo("403");
    }

    @Test
    void readingIsLeftToWhatBrowsersForbid() {
        assertThat(get("Host: localhost:8002", "Origin: https://evil.example", "Sec-Fetch-Site: cross-site"))
                .isEqualTo("200");
    }

    @Test
    void programsAndOurOwnPageGoThrough() {
        int port = service.port();
        assertThat(resume(port, "Host: localhost:" + port, "User-Agent: curl/8")).isEqualTo("200");
        assertThat(resume(port, "Host: localhost:8002", "Origin: http://localhost:8002", "Sec-Fetch-Site: same-origin"))
                .isEqualTo("200");
        assertThat(resume(port, "Host: LOCALHOST", "Origin: http://localhost:80")).isEqualTo("200");
        assertThat(resume(port, "Host: [::1]:8002", "Origin: http://[::1]:8002")).isEqualTo("200");
        assertThat(resume(port, "Host: localhost:8002", "Sec-Fetch-Site: none")).isEqualTo("200");
    }

    @Test
    void namesThatAreConfiguredAreOursAndTheirPagesToo() {
        int port = named.port();
        assertThat(resume(port, "Host: FB.example.org.:8002")).isEqualTo("200");
        assertThat(resume(port, "Host: cams.lan", "Origin: https://cams.lan")).isEqualTo("200");
        assertThat(resume(port, "Host: localhost:8002", "Origin: https://fb.example.org", "Sec-Fetch-Site: cross-site"))
                .isEqualTo("200");
        assertThat(resume(port, "Host: lan")).isEqualTo("421");
        assertThat(resume(port, "Host: xlan")).isEqualTo("421");
        assertThat(resume(port, "Host: cams.lan", "Origin: https://evil.example")).isEqualTo("403");
    }

    @Test
    void anyHostMeansNoOriginButTheHostsOwn() {
        try (ApiServer any = ApiServer.start(
                new ApiServer.Settings("127.0.0.1", 0, ApiTokens.NONE, List.of("*"), ApiServer.ApiLimits.DEFAULT),
                service.resources)) {
            assertThat(resume(any.port(), "Host: frame-buffer.cameras.svc:8002")).isEqualTo("200");
            assertThat(resume(any.port(), "Host: frame-buffer:8002", "Origin: http://frame-buffer:8002"))
                    .isEqualTo("200");
            assertThat(resume(any.port(), "Host: frame-buffer:8002", "Origin: http://evil.example")).isEqualTo("403");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://fb.example.org", "fb.example.org:8002", "a b", "*.*", "", "fb.*"})
    void whatIsNoNameOfAHostIsRefusedAtStart(String name) {
        assertThatThrownBy(() -> new AllowedHosts("127.0.0.1", List.of(name)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("not a host name");
    }
}
