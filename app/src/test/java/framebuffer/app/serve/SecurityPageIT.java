package framebuffer.app.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.embedded.DataFolder;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Commands;
import framebuffer.testkit.Commands.RunningCommand;
import framebuffer.wire.tls.TlsFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands of docs/security.md, and checks what the page promises of them. */
class SecurityPageIT {
    private static final Path PAGE = Path.of("../docs/security.md");
    private static final Pattern SCRIPT = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
    private static final String NAME = "cameras.example.org";

    @TempDir
    private Path folder;
    private final int port = EmbeddedRedis.freePort();

    private static List<String> scripts() throws IOException {
        return SCRIPT.matcher(Files.readString(PAGE)).results().map(found -> found.group(1)).toList();
    }

    /** The command of users; the name of the page leads to this machine. */
    private void install() throws IOException {
        Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.1 " + NAME + "\n");
        List<String> line = new ArrayList<>(Commands.line());
        line.add(1, "-Djdk.net.hosts.file=" + hosts);
        Path command = Files.writeString(folder.resolve("frame-buffer"), line.stream().map(word -> "'" + word + "'")
                .collect(Collectors.joining(" ", "#!/bin/sh\nexec ", " \"$@\"\n")));
        assertThat(command.toFile().setExecutable(true)).isTrue();
    }

    private RunningCommand run(Commands commands, String script) throws IOException {
        // The service replaces the shell, so that it ends with it.
        return commands.startOther(List.of("env", "NAME=" + NAME, "ADDRESS=127.0.0.1", "PORT=" + port, "bash", "-ec",
                script.replace("./frame-buffer serve", "exec ./frame-buffer serve")));
    }

    private String token(String name) throws IOException {
        return Files.readString(folder.resolve(name + ".token")).strip().replace("token: ", "");
    }

    private static String status(Socket socket, String request) throws IOException {
        try (socket) {
            socket.getOutputStream().write((request + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            return line == null ? "closed" : line;
        }
    }

    private String ask(String line, String host, String token) throws IOException {
        Socket socket = new TlsFiles(folder.resolve("tls.pem"), null, null).context().getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), port);
        return status(socket, line + " HTTP/1.1\r\nContent-Length: 0\r\nHost: " + host
                + (token.isEmpty() ? "" : "\r\nAuthorization: Bearer " + token)).split(" ", 3)[1];
    }

    @Test
    void itsTenLinesMakeTheServiceSafe() throws Exception {
        for (String tool : List.of("bash", "openssl")) {
            assumeTrue(Commands.isInstalled(tool) || System.getenv("CI") != null, tool + " is not installed");
        }
        install();
        try (Commands commands = new Commands(folder)) {
            assertThat(scripts().getFirst().lines()).hasSizeLessThanOrEqualTo(10);
            RunningCommand service = run(commands, scripts().getFirst()).says("ready: page and REST at https://");

            assertThat(ask("GET /processors", NAME, "")).isEqualTo("401");
            assertThat(ask("GET /processors", NAME, "wrong")).isEqualTo("401");
            assertThat(ask("GET /health/live", NAME, "")).isEqualTo("200");
            assertThat(ask("GET /processors", NAME, token("wall"))).isEqualTo("200");
            assertThat(ask("POST /control/pause", NAME, token("wall"))).isEqualTo("403");
            assertThat(ask("POST /control/pause", NAME, token("people-1"))).isEqualTo("403");
            assertThat(ask("POST /control/resume", NAME, token("operator"))).isEqualTo("200");
            assertThat(ask("GET /processors", "evil.example", token("operator"))).isEqualTo("421");
            assertThat(status(new Socket(InetAddress.getLoopbackAddress(), port),
                    "GET /health/live HTTP/1.1\r\nHost: " + NAME)).doesNotContain(" 200 ");
            RedisAddress redis = DataFolder.runningIn(folder.resolve("data")).orElseThrow();
            assertThatThrownBy(() -> RedisConnection.open(RedisAddress.local(redis.port())).call("PING"))
                    .isInstanceOf(RedisRefused.class).hasMessageContaining("NOAUTH");
            assertThat(service.errors() + service.output()).doesNotContain(token("operator"));

            RunningCommand asked = run(commands, scripts().get(1));
            assertThat(asked.exitCode()).as(asked.errors()).isZero();
        }
    }
}
