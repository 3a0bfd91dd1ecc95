package framebuffer.migration.splitter;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.migration.splitter.SplitProxy.ProxySettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostileRequestsTest {
    private static final String HOST = "Host: localhost\r\n";
    private static final String END = HOST + "Connection: close\r\n\r\n";

    private RecordedSide old;
    private SplitProxy proxy;

    @BeforeEach
    void start() throws IOException {
        old = new RecordedSide("old");
        proxy = SplitProxy.start(new ProxySettings(old.url(), old.url(), Duration.ofSeconds(20), "127.0.0.1", 0),
                SplitShare.of(0));
    }

    @AfterEach
    void stop() {
        proxy.close();
        old.close();
    }

    /** Sends the bytes, and returns everything that comes back. */
    private String sent(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return answer(socket.getInputStream());
        }
    }

    private static String answer(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @CsvSource({"/a%00b, 400", "/a%2Fb, 400", "/a/%2e%2e/b, 400", "/%zz, 400", "*, 400", "a, 400", "/a|b\"c, 400"})
    void aPathThatCanBeReadInTwoWaysIsRefused(String path, int status) throws IOException {
        assertThat(sent("GET " + path + " HTTP/1.1\r\n" + END)).startsWith("HTTP/1.1 " + status);
        assertThat(old.seen).isEmpty();
    }

    @Test
    void anotherHostInTheRequestLineLeadsNowhereElse() throws IOException {
        assertThat(sent("GET http://localhost:1/x HTTP/1.1\r\n" + END.replace("localhost", "localhost:1")))
                .contains("old");
        assertThat(sent("GET //elsewhere.example/x HTTP/1.1\r\n" + END)).contains("HTTP/1.1 ");
        assertThat(old.seen).extracting(RecordedSide.Seen::line).allMatch(line -> line.endsWith("/x"));
    }

    @Test
    void aNameOfSomebodyElseIsRefused() throws IOException {
        assertThat(sent("GET /frames/dequeue HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 421");
        assertThat(old.seen).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"CONNECT /x", "TRACE /x", "FETCH /x"})
    void aMethodThatTheOlderServiceDoesNotHaveIsRefused(String line) throws IOException {
        assertThat(sent(line + " HTTP/1.1\r\n" + END)).containsPattern("^HTTP/1.1 4\\d\\d");
        assertThat(old.seen).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n'", "'Content-Length: 4\r\nContent-Length: 9\r\n'",
            "'Transfer-Encoding: xchunked\r\n'", "'Content-Length: -1\r\n'", "'Content-Length : 4\r\n'",
            "'X: a\r\n b\r\n'"})
    void aRequestWithoutOneSureEndIsRefused(String headers) throws IOException {
        String second = "GET /second HTTP/1.1\r\n" + END;
        assertThat(sent("POST /first HTTP/1.1\r\n" + HOST + headers + "\r\n0\r\n\r\n" + second))
                .startsWith("HTTP/1.1 400").doesNotContain("200 OK");
        assertThat(old.seen).isEmpty();
    }

    @Test
    void tooManyHeadersAreRefused() throws IOException {
        assertThat(sent("GET /x HTTP/1.1\r\n" + "a:b\r\n".repeat(20_000) + END)).startsWith("HTTP/1.1 431");
        assertThat(old.seen).isEmpty();
    }

    @Test
    void aBodyOf16MegabytesPassesAndALargerOneIsRefused() throws IOException {
        int most = 16 << 20;
        assertThat(posted(most)).startsWith("HTTP/1.1 200");
        assertThat(old.seen.getFirst().body()).hasSize(most);
        assertThat(posted(most + 1)).startsWith("HTTP/1.1 413");
        assertThat(sent("POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + END
                + ("100000\r\n" + "x".repeat(1 << 20) + "\r\n").repeat(17) + "0\r\n\r\n")).startsWith("HTTP/1.1 413");
        assertThat(old.seen).hasSize(1);
    }

    private String posted(int bytes) throws IOException {
        return sent("POST /x HTTP/1.1\r\nContent-Length: " + bytes + "\r\n" + END + "x".repeat(bytes));
    }

    @Test
    void headersThatTheConnectionNamesAreNotPassedOn() throws IOException {
        sent("GET /x HTTP/1.1\r\nX-Hop: 1\r\nX-Stays: 1\r\n" + HOST + "Connection: close, X-Hop\r\n\r\n");
        assertThat(old.seen.getFirst().headers()).containsKey("X-stays").doesNotContainKeys("X-hop");
    }
}
