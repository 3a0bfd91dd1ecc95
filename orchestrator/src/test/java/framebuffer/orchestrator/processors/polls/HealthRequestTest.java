package framebuffer.orchestrator.processors.polls;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.processors.polls.HealthPoller.AllowedPollHosts;
import framebuffer.redis.tables.HealthPollStore.PollResult;
import framebuffer.wire.SecretAddress;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthRequestTest {
    private final FakeEndpoint endpoint = new FakeEndpoint();
    private final HealthRequest call = new HealthRequest(AllowedPollHosts.DEFAULT, Duration.ofSeconds(10));

    @AfterEach
    void close() {
        call.close();
        endpoint.close();
    }

    private PollResult result() throws InterruptedException {
        return result(call, endpoint.url());
    }

    private static PollResult result(HealthRequest call, String url) throws InterruptedException {
        return call.call(new HealthRequest.HealthEndpoint("p", new SecretAddress(url), null));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"200 || good", "204 || good", "200 | all is well | good",
            "200 | {\"status\":\"healthy\"} | good", "200 | {\"status\":\"degraded\"} | degraded",
            "200 | {\"status\":\"unhealthy\"} | bad", "200 | {\"status\":7} | good", "302 || bad", "404 || bad",
            "503 | {\"status\":\"healthy\"} | bad"})
    void whatItAnswersIsJudged(int status, String body, String kind) throws InterruptedException {
        endpoint.answering(status, body == null ? "" : body);
        assertThat(result()).returns(kind, PollResult::kind).returns(kind.equals("bad"), PollResult::failed)
                .returns(!kind.equals("bad"), PollResult::alive);
        assertThat(endpoint.calls()).as("a redirect is not followed, an answer not asked for twice").isEqualTo(1);
    }

    @Test
    void ofALongAnswerNoMoreThanTheBeginningIsRead() throws InterruptedException {
        endpoint.answering(200, "x".repeat(20_000_000));
        assertThat(result().kind()).isEqualTo("good");
    }

    @Test
    void whereNobodyListensThereIsNoAnswer() throws InterruptedException {
        String url = endpoint.url();
        endpoint.close();
        assertThat(result(call, url)).isEqualTo(new PollResult("silent", "no connection", false, false));
        assertThat(result(call, "http://127.0.0.1:99999/").kind()).isEqualTo("silent");
    }

    @Test
    void onlyAListedNameIsResolved() throws InterruptedException {
        String url = "http://no-such-host.invalid/";
        assertThat(result(call, url).kind()).isEqualTo("refused");
        try (HealthRequest listed = new HealthRequest(new AllowedPollHosts(List.of("no-such-host.invalid")),
                Duration.ofSeconds(10))) {
            assertThat(result(listed, url))
                    .isEqualTo(new PollResult("silent", "cannot resolve its host", false, false));
        }
    }

    @Test
    void aHostThatIsNotAllowedIsNotCalled() throws InterruptedException {
        try (HealthRequest strict = new HealthRequest(new AllowedPollHosts(List.of("10.0.0.1")),
                Duration.ofSeconds(10))) {
            assertThat(result(strict, endpoint.url())).isEqualTo(
                    new PollResult("refused", "host 127.0.0.1 is not allowed (health-hosts)", false, false));
        }
        assertThat(endpoint.calls()).isZero();
    }

    @Test
    void anAnswerThatNeverEndsIsNone() throws Exception {
        try (Raw raw = new Raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfour");
                HealthRequest hasty = new HealthRequest(AllowedPollHosts.DEFAULT, Duration.ofMillis(300))) {
            assertThat(result(hasty, raw.url()))
                    .isEqualTo(new PollResult("silent", "timeout after 300 ms", false, false));
            assertThat(raw.connections).hasValue(2);
        }
    }

    @Test
    void whatIsNoHttpIsNoAnswerAndIsNotRepeated() throws Exception {
        try (Raw raw = new Raw("hush hush\r\n\r\n")) {
            PollResult result = result(call, raw.url());
            assertThat(result.kind()).isEqualTo("silent");
            assertThat(result.detail()).doesNotContain("hush");
        }
    }

    /** A server that sends everybody the same bytes, and then nothing. */
    private static final class Raw implements AutoCloseable {
        private final AtomicInteger connections = new AtomicInteger();
        private final ServerSocket server;

        Raw(String text) throws IOException {
            server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
            Thread.ofVirtual().start(() -> serve(text.getBytes(StandardCharsets.US_ASCII)));
        }

        private void serve(byte[] bytes) {
            try {
                while (true) {
                    Socket socket = server.accept();
                    connections.incrementAndGet();
                    Thread.ofVirtual().start(() -> say(socket, bytes));
                }
            } catch (IOException e) {
                assertThat(e).isInstanceOf(SocketException.class);
            }
        }

        private static void say(Socket socket, byte[] bytes) {
            try (socket; OutputStream out = socket.getOutputStream()) {
                out.write(bytes);
                out.flush();
                socket.getInputStream().readAllBytes();
            } catch (IOException e) {
                assertThat(e).isInstanceOf(SocketException.class);
            }
        }

        String url() {
            return "http://127.0.0.1:" + server.getLocalPort() + "/";
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
