package framebuffer.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.redis.embedded.RedisProgram;
import framebuffer.testkit.Commands;
import framebuffer.wire.tls.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An installed Redis that speaks TLS and asks for a certificate; the bundled one is built without TLS. */
class TlsTest {
    @TempDir
    static Path folder;
    private static EmbeddedRedis server;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        Optional<RedisProgram> installed = RedisProgram.onPath(System.getenv("PATH"));
        assumeTrue((installed.isPresent() && Commands.isInstalled("openssl")) || System.getenv("CI") != null,
                "redis-server and openssl are not installed");
        for (String name : List.of("ca", "other")) {
            openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=" + name + " -keyout " + name + ".key -out "
                    + name + ".pem");
        }
        certify("server");
        certify("client");
        port = EmbeddedRedis.freePort();
        server = EmbeddedRedis.start(folder.resolve("data"), EmbeddedRedis.freePort(),
                List.of("--tls-port", String.valueOf(port), "--tls-cert-file", file("server.pem"), "--tls-key-file",
                        file("server.key"), "--tls-ca-cert-file", file("ca.pem"), "--tls-auth-clients", "yes"),
                installed.orElseThrow().path());
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static String file(String name) {
        return folder.resolve(name).toString();
    }

    private static void certify(String name) throws Exception {
        Files.writeString(folder.resolve("names"), "subjectAltName=IP:127.0.0.1");
        openssl("req -newkey rsa:2048 -nodes -subj /CN=" + name + " -keyout " + name + ".key -out " + name + ".csr");
        openssl("x509 -req -in " + name + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out "
                + name + ".pem");
    }

    private static void openssl(String line) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(line.split(" ")));
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(folder.resolve("openssl.log").toFile()).start();
        assertThat(process.waitFor()).as("%s", Files.readString(folder.resolve("openssl.log"))).isZero();
    }

    private static TlsFiles files(String authority) {
        return new TlsFiles(folder.resolve(authority), folder.resolve("client.pem"), folder.resolve("client.key"));
    }

    private static String ping(String host, TlsFiles files) {
        RedisAddress address = RedisAddress.parse("rediss://" + host + ':' + port).with(files);
        try (RedisConnection redis = RedisConnection.open(address)) {
            return Replies.text(redis.call("PING"));
        }
    }

    @Test
    void bothSidesProveWhoTheyAre() {
        assertThat(ping("127.0.0.1", files("ca.pem"))).isEqualTo("PONG");
    }

    @Test
    void aServerWhoseAuthorityIsUnknownIsNotUsed() {
        for (TlsFiles files : List.of(files("other.pem"), TlsFiles.NONE)) {
            assertThatThrownBy(() -> ping("127.0.0.1", files)).isInstanceOf(RedisUnavailable.class)
                    .hasMessageStartingWith("no Redis at rediss://127.0.0.1:" + port)
                    .hasMessageContaining("certification path");
        }
    }

    @Test
    void aServerOfAnotherNameIsNotUsed() {
        assertThatThrownBy(() -> ping("localhost", files("ca.pem"))).isInstanceOf(RedisUnavailable.class)
                .hasMessageContaining("localhost");
    }

    @Test
    void withoutOurCertificateTheServerRefusesUs() {
        TlsFiles noneOfOurs = new TlsFiles(folder.resolve("ca.pem"), null, null);
        assertThatThrownBy(() -> ping("127.0.0.1", noneOfOurs)).isInstanceOf(RedisUnavailable.class);
    }

    @Test
    void filesThatBecomeUnreadableAreNamedAndARenewedOneIsUsed() throws IOException {
        Path authority = folder.resolve("renewed.pem");
        TlsFiles files = files("renewed.pem");
        assertThatThrownBy(() -> ping("127.0.0.1", files)).isInstanceOf(RedisUnavailable.class)
                .hasMessageContaining(authority + " does not exist");
        Files.copy(folder.resolve("ca.pem"), authority);
        assertThat(ping("127.0.0.1", files)).isEqualTo("PONG");
    }
}
