package framebuffer.orchestrator.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.testkit.Await;
import framebuffer.testkit.Commands;
import framebuffer.wire.tls.TlsFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ServerTlsTest {
    private static final String REQUEST = "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n";

    @TempDir
    private Path folder;
    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(Commands.isInstalled("openssl") || System.getenv("CI") != null, "openssl is not installed");
        certify("first");
        certify("second");
        install("first");
        server = ApiServer.start(settings(own()), List.of());
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static ApiServer.Settings settings(TlsFiles files) {
        return new ApiServer.Settings("127.0.0.1", 0, ApiTokens.NONE, List.of(), ApiServer.ApiLimits.DEFAULT, files);
    }

    private void certify(String name) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
                "-days", "2", "-subj", "/CN=" + name, "-keyout", name + ".key", "-out", name + ".pem"));
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(folder.resolve("openssl.log").toFile()).start();
        assertThat(process.waitFor()).as("%s", Files.readString(folder.resolve("openssl.log"))).isZero();
    }

    private void install(String name) throws IOException {
        for (String kind : List.of(".key", ".pem")) {
            Files.copy(folder.resolve(name + kind), folder.resolve("own" + kind), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private TlsFiles own() {
        return new TlsFiles(null, folder.resolve("own.pem"), folder.resolve("own.key"));
    }

    private SSLSocket connect(String trusted) throws IOException {
        TlsFiles files = new TlsFiles(folder.resolve(trusted + ".pem"), null, null);
        SSLSocket socket = (SSLSocket) files.context().getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.port());
        socket.startHandshake();
        return socket;
    }

    private boolean serves(String trusted) {
        try (SSLSocket socket = connect(trusted)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static String ask(Socket socket) throws IOException {
        socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
        BufferedReader answer = new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        String status = answer.readLine();
        return status == null ? "nothing" : status;
    }

    @Test
    void itAnswersWithinTlsOnly() throws IOException {
        assertThat(server.url()).isEqualTo("https://localhost:" + server.port());
        try (SSLSocket secure = connect("first");
                Socket plain = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            assertThat(ask(secure)).startsWith("HTTP/1.1 404");
            assertThat(ask(plain)).doesNotContain("404");
        }
    }

    @Test
    void aRenewedCertificateIsForNewConnectionsAndOpenOnesGoOn() throws IOException {
        try (SSLSocket open = connect("first")) {
            assertThat(ask(open)).startsWith("HTTP/1.1 404");
            install("second");
            Await.until("the second certificate", () -> serves("second"));
            assertThat(serves("first")).isFalse();
            open.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
            assertThat(open.getInputStream().read()).isGreaterThan(0);
        }
    }

    @Test
    void filesThatDoNotFitTogetherChangeNothingUntilTheyDo() throws IOException {
        Files.copy(folder.resolve("second.pem"), folder.resolve("own.pem"), StandardCopyOption.REPLACE_EXISTING);
        assertThat(serves("first")).isTrue();
        Files.copy(folder.resolve("second.key"), folder.resolve("own.key"), StandardCopyOption.REPLACE_EXISTING);
        Await.until("the second certificate", () -> serves("second"));
    }

    @Test
    void aClientOfTheSameProcessTrustsExactlyTheCertificateInTheFile() throws IOException {
        try (Socket own = own().ofOwnClient().getSocketFactory().createSocket("localhost", server.port())) {
            assertThat(ask(own)).startsWith("HTTP/1.1 404");
        }
        TlsFiles other = new TlsFiles(null, folder.resolve("second.pem"), folder.resolve("second.key"));
        try (Socket wrong = other.ofOwnClient().getSocketFactory().createSocket("localhost", server.port())) {
            assertThatThrownBy(() -> ask(wrong)).isInstanceOf(IOException.class)
                    .hasMessageContaining("another certificate");
        }
    }

    @Test
    void filesThatCannotBeUsedAreNamedAtTheStart() {
        TlsFiles missing = new TlsFiles(null, folder.resolve("missing.pem"), folder.resolve("own.key"));
        assertThatThrownBy(() -> ApiServer.start(settings(missing), List.of()))
                .isInstanceOf(ApiServer.ListenFailed.class).hasMessageContaining("missing.pem does not exist");
    }
}
