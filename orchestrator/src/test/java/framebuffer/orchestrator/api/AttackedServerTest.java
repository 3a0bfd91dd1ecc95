package framebuffer.orchestrator.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.api.server.ApiServer;
import framebuffer.orchestrator.api.server.ApiServer.ApiLimits;
import framebuffer.testkit.Await;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers send that want to bring the server down, or to get past it. */
@Timeout(60)
class AttackedServerTest {
    private static final int MEBIBYTE = 1 << 20;
    private static final String CHUNKED = "POST /count HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";

    private final AtomicInteger counted = new AtomicInteger();
    private @Nullable ApiServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private ApiServer start(ApiLimits limits, ApiTokens tokens) {
        ApiServer started = ApiServer.start(new ApiServer.Settings("127.0.0.1", 0, tokens, List.of(), limits),
                List.of(() -> List.of(
                        Route.probe("/health", _ -> Response.ok(JsonNodeFactory.instance.textNode("well"))),
                        Route.post("/count", call -> {
                            counted.addAndGet(1 + call.body().length);
                            return Response.ok(JsonNodeFactory.instance.objectNode());
                        }))));
        server = started;
        return started;
    }

    private ApiServer start() {
        return start(ApiLimits.DEFAULT, ApiTokens.NONE);
    }

    private static Socket open(ApiServer server) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** Sends this, and returns all that the server sends until it closes the connection. */
    private static String ask(ApiServer server, String request) throws IOException {
        try (Socket socket = open(server)) {
            send(socket, request);
            return answer(socket);
        }
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String answer(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void isHealthy(ApiServer server) throws IOException {
        assertThat(ask(server, "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
    }

    /** Sends the same bytes until the server closes the connection; returns the number of bytes sent. */
    private static long flood(Socket socket, byte[] bytes, long most) throws IOException {
        OutputStream out = socket.getOutputStream();
        long sent = 0;
        try {
            for (; sent < most; sent += bytes.length) {
                out.write(bytes);
            }
        } catch (SocketException e) {
            assertThat(e).isNotNull();
        }
        return sent;
    }

    private static byte[] digits() {
        return "0".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(strings = {"23c34600\r\n", "7fffffff\r\n", "7fffffffffffffff\r\n", "ffffffffffffffffff\r\n"})
    void aHugeChunkIsRefusedWithoutBeingHeld(String size) throws Exception {
        ApiServer attacked = start();
        try (Socket socket = open(attacked)) {
            send(socket, CHUNKED + size);
            assertThat(flood(socket, new byte[1 << 16], 64L * MEBIBYTE)).isLessThan(64L * MEBIBYTE);
        }
        isHealthy(attacked);
        assertThat(counted).hasValue(0);
    }

    @Test
    void aHugeChunkOfACallerWithoutTokenIsNotRead() throws Exception {
        ApiServer attacked = start(ApiLimits.DEFAULT, ApiTokens.of("s3cret"));
        try (Socket socket = open(attacked)) {
            send(socket, CHUNKED + "23c34600\r\n");
            assertThat(flood(socket, new byte[1 << 16], 64L * MEBIBYTE)).isLessThan(64L * MEBIBYTE);
        }
        isHealthy(attacked);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2;a=", "2\r\n{}\r\n0\r\nA: "})
    void aChunkWithoutEndIsRefused(String begun) throws Exception {
        ApiServer attacked = start(new ApiLimits(16, MEBIBYTE, Duration.ofSeconds(1)), ApiTokens.NONE);
        try (Socket socket = open(attacked)) {
            send(socket, CHUNKED + begun);
            assertThat(flood(socket, digits(), Long.MAX_VALUE)).isPositive();
        }
        isHealthy(attacked);
        assertThat(counted).hasValue(0);
    }

    @Test
    void manySmallHeadersOrParametersAreRefused() throws Exception {
        ApiServer attacked = start();
        assertThat(ask(attacked, "GET /health HTTP/1.1\r\nHost: localhost\r\n" + "A:\n".repeat(200) + "\r\n"))
                .startsWith("HTTP/1.1 400").contains("100 headers");
        assertThat(ask(attacked, "GET /health?" + "a&".repeat(40) + " HTTP/1.1\r\nHost: localhost\r\n"
                + "Connection: close\r\n\r\n")).startsWith("HTTP/1.1 400").contains("32 parameters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%FF", "%zz", "%", "%C3"})
    void aQueryThatCannotBeDecodedIsNotRepaired(String value) throws Exception {
        assertThat(ask(start(), "GET /health?camera=" + value + " HTTP/1.1\r\nHost: localhost\r\n"
                + "Connection: close\r\n\r\n")).startsWith("HTTP/1.1 400").contains("percent-encoding");
    }

    @Test
    void aLongHostIsRefusedLikeAnyOther() throws Exception {
        assertThat(ask(start(), "POST /count HTTP/1.1\r\nHost: " + "a.".repeat(3_500)
                + "a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")).startsWith("HTTP/1.1 421");
    }

    @Test
    void aLongPathIsAnsweredWithAShortProblem() throws Exception {
        String answer = ask(start(), "GET /" + "x".repeat(7_000) + " HTTP/1.1\r\nHost: localhost\r\n"
                + "Connection: close\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 404").hasSizeLessThan(3_000);
    }

    @Test
    void headersWithoutEndAreRefused() throws Exception {
        ApiServer attacked = start();
        try (Socket socket = open(attacked)) {
            send(socket, "GET /health HTTP/1.1\r\nHost: localhost\r\n");
            assertThat(flood(socket, "A: b\r\n".repeat(10_000).getBytes(StandardCharsets.US_ASCII), 64L * MEBIBYTE))
                    .isLessThan(64L * MEBIBYTE);
        }
        isHealthy(attacked);
    }

    @ParameterizedTest
    @ValueSource(strings = {"+2", "-2", "0x2", " 2", "2 2", ""})
    void aChunkSizeThatIsNoHexadecimalNumberIsRefused(String size) throws Exception {
        ApiServer attacked = start();
        assertThat(ask(attacked, CHUNKED + size + "\r\n{}\r\n0\r\n\r\n")).startsWith("HTTP/1.1 400");
        assertThat(counted).hasValue(0);
    }

    /** What follows a refused body must not run as requests: a proxy would take the answers for those to others. */
    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 2000000", "Transfer-Encoding: chunked",
            "Content-Length: 5\r\nContent-Length: 6",
            "Content-Length: 5\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked, identity",
            "Transfer-Encoding: xchunked", "Transfer-Encoding : chunked"})
    void nothingAfterARefusedBodyIsExecuted(String framing) throws Exception {
        ApiServer attacked = start();
        String smuggled = "POST /count HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
        String body = framing.startsWith("Content-Length: 2000000") ? "x".repeat(2_000_000) : "zz\r\n";
        String answer = ask(attacked, "POST /count HTTP/1.1\r\nHost: localhost\r\n" + framing + "\r\n\r\n" + body
                + smuggled.repeat(3));
        assertThat(answer).startsWith("HTTP/1.1 4").containsOnlyOnce("HTTP/1.1");
        assertThat(counted).hasValue(0);
    }

    @Test
    void nothingAfterARequestThatEndsTheConnectionIsExecuted() throws Exception {
        ApiServer attacked = start();
        String one = "POST /count HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        assertThat(ask(attacked, one + one)).startsWith("HTTP/1.1 200").containsOnlyOnce("HTTP/1.1");
        assertThat(counted).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET /hea", "GET /health HTTP/1.1\r\nHost: localhost\r\nA: ",
            "POST /count HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"})
    void connectionsThatWaitForTheirCallerMakeRoomForOthers(String begun) throws Exception {
        ApiServer attacked = start(new ApiLimits(16, MEBIBYTE, Duration.ofMinutes(10)), ApiTokens.NONE);
        List<Socket> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 64; i++) {
                Socket socket = open(attacked);
                send(socket, begun);
                idle.add(socket);
            }
            isHealthy(attacked);
            Await.until("all but 16 are closed",
                    () -> idle.stream().filter(AttackedServerTest::isClosed).count() >= 48);
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
    }

    private static boolean isClosed(Socket socket) {
        try {
            socket.setSoTimeout(10);
            return socket.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void anUnknownPathIsNotFoundHoweverLargeTheBody() throws Exception {
        assertThat(ask(start(), "POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000\r\n\r\n"))
                .startsWith("HTTP/1.1 404").containsOnlyOnce("Connection: close");
    }

    @Test
    void aPathWithANulNamesNothingAndLeavesTheConnectionUsable() throws Exception {
        String before = "GET /frames/%00 HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: mine\r\n\r\n";
        String after = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        assertThat(ask(start(), before + after))
                .startsWith("HTTP/1.1 404").contains("X-Request-ID: mine", "HTTP/1.1 200");
    }

    @Test
    void aRequestThatEndsTheConnectionSaysSo() throws Exception {
        assertThat(ask(start(), "GET /a\\b\u0001 HTTP/1.1\r\nHost: localhost\r\n\r\n")).startsWith("HTTP/1.1 400")
                .containsOnlyOnce("Connection: close");
    }

    @Test
    void aRefusedRequestWithASmallBodyLeavesTheConnectionUsable() throws Exception {
        ApiServer closed = start(ApiLimits.DEFAULT, ApiTokens.of("s3cret"));
        try (Socket socket = open(closed)) {
            socket.setTcpNoDelay(true);
            for (int request = 0; request < 20; request++) {
                send(socket, "POST /count HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n");
                Thread.onSpinWait();
                send(socket, "{}");
            }
            send(socket, "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            String answers = answer(socket);
            assertThat(answers.split("HTTP/1.1 401", -1)).hasSize(21);
            assertThat(answers).contains("HTTP/1.1 200");
        }
    }

    @Test
    void anIdleConnectionIsClosedAfterTheIdleTime() throws Exception {
        ApiServer attacked = start(new ApiLimits(16, MEBIBYTE, Duration.ofMillis(300)), ApiTokens.NONE);
        assertThat(ask(attacked, "")).isEmpty();
        assertThat(ask(attacked, "GET /health HTTP/1.1\r\nHost: loc")).doesNotContain("HTTP/1.1 5");
        assertThat(ask(attacked, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")).startsWith("HTTP/1.1 200");
    }

    @Test
    void aCallerThatSendsByteByByteIsNotWaitedForWithoutEnd() throws Exception {
        ApiServer attacked = start(new ApiLimits(16, 64 * MEBIBYTE, Duration.ofSeconds(1)), ApiTokens.NONE);
        try (Socket socket = open(attacked)) {
            send(socket, "POST /count HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000000\r\n\r\n");
            assertThat(flood(socket, new byte[1], Long.MAX_VALUE)).isPositive();
        }
        isHealthy(attacked);
        assertThat(counted).hasValue(0);
    }

    @Test
    void largeBodiesOfAllCallersShareABound() throws Exception {
        ApiServer attacked = start(new ApiLimits(256, 16 * MEBIBYTE, Duration.ofMinutes(10)), ApiTokens.NONE);
        List<Socket> large = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                Socket socket = open(attacked);
                large.add(socket);
                send(socket, "POST /count HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + 16 * MEBIBYTE + "\r\n\r\n"
                        + "x".repeat(1 << 16));
            }
            Await.until("one of three is refused", () -> large.stream().anyMatch(AttackedServerTest::isRefused));
            assertThat(ask(attacked, "POST /count HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                    + "Content-Length: 1000\r\n\r\n" + "x".repeat(1_000))).startsWith("HTTP/1.1 200");
        } finally {
            for (Socket socket : large) {
                socket.close();
            }
        }
    }

    private static boolean isRefused(Socket socket) {
        try {
            return socket.getInputStream().available() > 0
                    && new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII)
                            .equals("HTTP/1.1 503");
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void http10IsSpoken() throws Exception {
        ApiServer plain = start();
        assertThat(ask(plain, "GET /health HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 200").endsWith("\"well\"");
        assertThat(ask(plain, "GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n")).startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /health\u00ff HTTP/1.1", "GET /\u00e9 HTTP/1.1", "G\u00ffT /health HTTP/1.1",
            "GET /health HTTP/1.1\u00ff", "GET /health?\u0080=\u00ff HTTP/1.1"})
    void aRawByteInTheRequestLineIsNoFaultOfTheServer(String line) throws Exception {
        assertThat(ask(start(), line + "\r\nHost: localhost\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 ")
                .doesNotContain("HTTP/1.1 5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:65536", "localhost:99999", "localhost:-1", "localhost:8002x"})
    void aHostWithoutValidPortIsRefused(String host) throws Exception {
        assertThat(ask(start(), "POST /count HTTP/1.1\r\nHost: " + host
                + "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")).startsWith("HTTP/1.1 4");
        assertThat(counted).hasValue(0);
    }
}
