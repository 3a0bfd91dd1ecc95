package framebuffer.app;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.CommandOutput;
import framebuffer.wire.frame.DeadLetter.DeadLetterReason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
    @TempDir
    private Path folder;

    private String data() {
        return folder.resolve("data").toString();
    }

    @ParameterizedTest
    @CsvSource({"demo, --redis-url", "serve, --redis-url", "camera, --redis-url", "detector, --redis-url",
            "config, detector", "config demo, --json", "processors, --capability", "frames, --reason", "route, --send",
            "results, --follow", "dead-letters, --reason", "dead-letters show, ID",
            "dead-letters requeue, --all",
            "dead-letters delete, ID", "dead-letters list, --limit", "split-proxy, --share",
            "migrate stand-in, --buffer", "migrate split-proxy, --old"})
    void everyCommandExplainsItself(String command, String word) {
        CommandOutput answer = CommandOutput.by((command + " --help").split(" "));
        assertThat(answer.isFine().out()).contains("Usage: frame-buffer " + command, word, "--config-file");
        assertThat(answer.out().lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    }

    @ParameterizedTest
    @ValueSource(strings = {"list", "requeue"})
    void helpNamesEachReasonOfDeadLetters(String command) {
        String help = CommandOutput.by("dead-letters", command, "--help").out().replaceAll("\\s+", " ");
        assertThat(help).contains(DeadLetterReason.words());
    }

    @Test
    void anUnknownOptionIsAnsweredWithTheNearestKnownOne() {
        CommandOutput.by("serve", "--prot", "1").isOneLineWith("--prot", "did you mean --port?");
        CommandOutput.by("serve", "--nothing-like-it").isOneLineWith("frame-buffer serve --help");
    }

    @Test
    void aTimeThatIsNoneIsAnsweredWithTheFormsThatAre() {
        CommandOutput.by("demo", "--duration", "soon").isOneLineWith("soon", "500ms");
    }

    @Test
    void aMissingVideoFileIsSaidInOneLine() throws IOException {
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("data"))) {
            assertThat(redis.address().port()).isPositive();
            CommandOutput.by("camera", "nowhere.mp4", "--id", "c", "--data-dir", data()).isOneLineWith("nowhere.mp4");
        }
    }

    @Test
    void anUnreachableRtspAddressIsSaidInOneLine() throws IOException {
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("data"))) {
            assertThat(redis.address().port()).isPositive();
            CommandOutput
                    .by("camera", "rtsp://127.0.0.1:1/stream", "--id", "c", "--data-dir", data(), "--wait", "false")
                    .isOneLineWith("127.0.0.1:1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"+OK\r\n", "*-7\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "*2147483647\r\n", ":7\r\n"})
    void aServerThatIsNoRedisIsSaidInOneLine(String garbage) throws IOException {
        for (String greeting : List.of(garbage, "*2\r\n$5\r\nproto\r\n:2\r\n")) {
            try (ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
                Thread.startVirtualThread(() -> answer(listener, greeting, garbage));
                String address = "127.0.0.1:" + listener.getLocalPort();
                CommandOutput.by("serve", "--port", "0", "--redis-timeout", "1s", "--redis-url", "redis://" + address)
                        .isOneLineWith(address);
            }
        }
    }

    private static void answer(ServerSocket listener, String greeting, String answer) {
        byte[] asked = new byte[4096];
        while (!listener.isClosed()) {
            String next = greeting;
            try (Socket caller = listener.accept()) {
                while (caller.getInputStream().read(asked) >= 0) {
                    caller.getOutputStream().write(next.getBytes(StandardCharsets.US_ASCII));
                    next = answer;
                }
            } catch (IOException e) {
                // The caller has hung up, or the test is over.
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"--redis-ca missing.pem, missing.pem does not exist", "--redis-cert c.pem, --redis-key",
            "--redis-key k.pem, --redis-cert"})
    void filesForTlsThatCannotBeUsedAreSaidInOneLine(String options, String why) {
        List<String> line = new ArrayList<>(List.of("serve", "--redis-url", "rediss://127.0.0.1:1"));
        line.addAll(List.of(options.split(" ")));
        CommandOutput.by(line.toArray(String[]::new)).isOneLineWith(why);
        CommandOutput.by("serve", "--redis-url", "redis://127.0.0.1:1", "--redis-ca", "missing.pem")
                .isOneLineWith("rediss://");
    }

    @Test
    void anUnreachableRedisIsSaidInOneLine() {
        CommandOutput.by("serve", "--redis-url", "redis://127.0.0.1:1").isOneLineWith("127.0.0.1:1", "--redis-url");
        CommandOutput.by("demo", "--redis-url", "nonsense://x").isOneLineWith("redis://");
    }

    @Test
    void whereNoServiceRunsACameraSaysWhatToStart() {
        CommandOutput.by("camera", "x.mp4", "--id", "c", "--data-dir", data(), "--wait", "false")
                .isOneLineWith("frame-buffer serve", "--redis-url");
    }

    @Test
    void aTakenPortIsSaidInOneLineAndNothingIsLeftRunning() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CommandOutput.by("serve", "--data-dir", data(), "--port", Integer.toString(taken.getLocalPort()))
                    .isOneLineWith("in use", "--port");
        }
        assertThat(Files.exists(folder.resolve("data/redis.url"))).isFalse();
    }

    @Test
    void listeningToTheWorldNeedsATokenOrAWord() {
        CommandOutput.by("serve", "--host", "0.0.0.0", "--data-dir", data()).isOneLineWith("--api-token", "--insecure");
    }

    @Test
    void anUnknownStrategyIsRefusedByName() {
        CommandOutput.by("serve", "--routing-strategy", "random", "--data-dir", data()).isOneLineWith("random",
                "least_loaded",
                "round_robin", "affinity");
    }

    @Test
    void aBoundIsNamedWithItsLimits() {
        CommandOutput.by("serve", "--window", "0", "--data-dir", data()).isOneLineWith("--window", "1 to 1000000");
    }
}
