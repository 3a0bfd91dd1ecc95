package framebuffer.app;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.streams.embedded.EmbeddedRedis;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandLineTest {
    @TempDir
    private Path folder;

    private record Answer(int code, String out, String err) {
        Answer isOneLineWith(String... words) {
            assertThat(code).as(err).isEqualTo(2);
            assertThat(err.strip().lines()).hasSize(1);
            assertThat(err).contains(words);
            return this;
        }
    }

    private static Answer run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int code = line.execute(arguments);
        return new Answer(code, out.toString(), err.toString());
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "serve", "camera", "detector"})
    void everyCommandExplainsItself(String command) {
        Answer answer = run(command, "--help");
        assertThat(answer.code()).isZero();
        assertThat(answer.out()).contains("Usage: frame-buffer " + command).contains("--redis-url");
    }

    @Test
    void anUnknownOptionIsAnsweredWithTheNearestKnownOne() {
        run("serve", "--prot", "1").isOneLineWith("--prot", "did you mean --port?");
        run("dmeo").isOneLineWith("dmeo", "did you mean demo?");
        run("serve", "--nothing-like-it").isOneLineWith("frame-buffer serve --help");
    }

    @Test
    void aTimeThatIsNoneIsAnsweredWithTheFormsThatAre() {
        run("demo", "--duration", "soon").isOneLineWith("soon", "500ms");
    }

    @Test
    void withoutACommandItSaysWhatToTry() {
        assertThat(run().err()).contains("frame-buffer demo");
    }

    @Test
    void aMissingVideoFileIsSaidInOneLine() throws IOException {
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("data"))) {
            assertThat(redis.address().port()).isPositive();
            run("camera", "nowhere.mp4", "--id", "c", "--data-dir", data()).isOneLineWith("nowhere.mp4");
        }
    }

    @Test
    void anUnreachableRtspAddressIsSaidInOneLine() throws IOException {
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("data"))) {
            assertThat(redis.address().port()).isPositive();
            run("camera", "rtsp://127.0.0.1:1/stream", "--id", "c", "--data-dir", data()).isOneLineWith("127.0.0.1:1");
        }
    }

    @Test
    void anUnreachableRedisIsSaidInOneLine() {
        run("serve", "--redis-url", "redis://127.0.0.1:1").isOneLineWith("127.0.0.1:1", "--redis-url");
        run("demo", "--redis-url", "nonsense://x").isOneLineWith("redis://");
    }

    @Test
    void whereNoServiceRunsACameraSaysWhatToStart() {
        run("camera", "x.mp4", "--id", "c", "--data-dir", data()).isOneLineWith("frame-buffer serve", "--redis-url");
    }

    @Test
    void aTakenPortIsSaidInOneLineAndNothingIsLeftRunning() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            run("serve", "--data-dir", data(), "--port", Integer.toString(taken.getLocalPort()))
                    .isOneLineWith("in use", "--port");
        }
        assertThat(Files.exists(folder.resolve("data/redis.url"))).isFalse();
    }

    @Test
    void listeningToTheWorldNeedsATokenOrAWord() {
        run("serve", "--host", "0.0.0.0", "--data-dir", data()).isOneLineWith("--api-token", "--insecure");
    }

    @Test
    void anUnknownStrategyIsRefusedByName() {
        run("serve", "--routing-strategy", "random", "--data-dir", data()).isOneLineWith("random", "least_loaded",
                "round_robin", "affinity");
        assertThat(run("serve", "--help").out()).contains("least_loaded, round_robin, or affinity");
    }

    @Test
    void aBoundIsNamedWithItsLimits() {
        run("serve", "--window", "0", "--data-dir", data()).isOneLineWith("--window", "1 to 1000000");
        run("serve", "--affinity-max-cameras", "-1", "--data-dir", data()).isOneLineWith("--affinity-max-cameras",
                "0 to 1000000");
        run("serve", "--affinity-forget-after", "1ms", "--data-dir", data()).isOneLineWith("--affinity-forget-after",
                "at least 1 s");
    }
}
