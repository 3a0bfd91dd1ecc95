package framebuffer.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.testkit.Commands;
import framebuffer.testkit.Commands.RunningCommand;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Puts a secret in every place that can have one, then searches all output for the secrets. */
class SecretsIT {
    private static final String PLANTED = "pl4nted";
    private static final Pattern METRICS = Pattern.compile("metrics at (http://\\S+)");

    @TempDir
    private Path folder;

    private final StringBuilder seen = new StringBuilder();
    private final HttpClient http = HttpClient.newHttpClient();
    private EmbeddedRedis redis;
    private ServerSocket refusing;
    private Path secrets;
    private Path conf;

    @BeforeEach
    void start() throws IOException {
        redis = EmbeddedRedis.start(folder.resolve("redis"));
        try (RedisConnection open = RedisConnection.open(redis.address())) {
            open.call("CONFIG", "SET", "requirepass", PLANTED + "-redis");
        }
        refusing = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::refuse);
        secrets = Files.createDirectory(folder.resolve("secrets"));
        conf = Files.writeString(secrets.resolve("conf.yaml"), """
                redis-url: redis://:pl4nted-redis@127.0.0.1:%d
                api-token: pl4nted-api
                alert-webhook: http://me:pl4nted-hook@127.0.0.1:%d/pl4nted-path?key=pl4nted-query
                health-check-interval: 1s
                log-level: debug
                """.formatted(redis.address().port(), refusing.getLocalPort()));
    }

    @AfterEach
    void stop() throws IOException {
        http.close();
        refusing.close();
        redis.close();
    }

    /** A server for all outgoing calls: camera, health endpoint, webhook. */
    private void refuse() {
        try {
            while (true) {
                try (Socket caller = refusing.accept(); OutputStream out = caller.getOutputStream()) {
                    if (caller.getInputStream().read(new byte[8192]) > 0) {
                        out.write("HTTP/1.1 401 no\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
                    }
                }
            }
        } catch (IOException e) {
            seen.append("the one who refuses has ended\n");
        }
    }

    @Test
    void nothingThatCanBeReadFromOutsideShowsOne() throws Exception {
        Path source = Files.writeString(secrets.resolve("source"), address("rtsp", "cam%23"));
        try (Commands commands = new Commands(folder);
                Commands withSource = new Commands(folder,
                        Map.of("FRAME_BUFFER_SOURCE", address("rtsp", "env")))) {
            RunningCommand service = serve(commands);
            String url = service.url();
            RunningCommand byEnvironment = withSource
                    .start("camera", "--id", "door", "--config-file", conf.toString()).says("is unavailable");
            RunningCommand detector = commands
                    .start("detector", "motion", "--config-file", conf.toString(), "--metrics-port",
                            "0", "--orchestrator-url", url)
                    .says("metrics at");
            RunningCommand camera = commands.start("camera", "--source-file", source.toString(), "--id", "yard",
                    "--config-file", conf.toString()).says("is unavailable");
            RunningCommand byInput = commands.start("camera", "-", "--id", "gate", "--config-file", conf.toString());
            try (OutputStream in = byInput.process().getOutputStream()) {
                in.write((address("http", "in") + "\n").getBytes(StandardCharsets.UTF_8));
            }
            byInput.says("is unavailable");
            register(url);
            Await.until("its health endpoint refuses",
                    () -> text(url + "/processors/face-1/health").contains("its health endpoint"));
            readAll(url, METRICS.matcher(detector.errors()));
            seeProcessTitles(List.of(service, detector, camera, byInput, byEnvironment));
            assertThat(seen).contains("face-1", "frame_buffer_");
        }
        seeFiles();
        assertThat(seen).contains("http://…@127.0.0.1").contains("rtsp://…@127.0.0.1");
        noneWasSeen();
    }

    @Test
    @Tag("long")
    void whatACommandSaysThatIsRefusedShowsNone() throws Exception {
        try (Commands commands = new Commands(folder)) {
            refusedCommands(commands, serve(commands).url());
        }
        seeFiles();
        assertThat(seen).contains("****", "percent-encode");
        noneWasSeen();
    }

    private void noneWasSeen() {
        assertThat(seen.toString().lines().filter(line -> line.contains(PLANTED))).isEmpty();
    }

    private RunningCommand serve(Commands commands) throws IOException {
        return commands.start("serve", "--port", "0", "--config-file", conf.toString()).says("ready");
    }

    private String address(String scheme, String password) {
        return scheme + "://user:" + PLANTED + password + "@127.0.0.1:" + refusing.getLocalPort() + "/1?password="
                + PLANTED + "-query";
    }

    private void register(String url) throws Exception {
        String processor = """
                {"id": "face-1", "capabilities": ["face"], "capacity": 1, "endpoint": "%s", "health_endpoint": "%s"}
                """;
        see(post(url, processor.formatted(address("http", "end"), address("http", "health"))));
        String problem = post(url, processor.formatted("x", address("ftp", "bad")));
        assertThat(problem).contains("urn:frame-buffer:problem:invalid");
        see(problem);
        see(http.send(HttpRequest.newBuilder(URI.create(url + "/processors")).header("Authorization",
                "Bearer " + PLANTED + "-wrong").build(), BodyHandlers.ofString()).body());
    }

    private String post(String url, String body) throws Exception {
        return http.send(request(url + "/processors/register").POST(BodyPublishers.ofString(body)).build(),
                BodyHandlers.ofString()).body();
    }

    private void readAll(String url, Matcher detector) {
        for (String path : List.of("/metrics", "/health", "/processors", "/processors/face-1",
                "/processors/face-1/health", "/alerts", "/control/status", "/cameras", "/frames/ledger",
                "/frames/stats", "/frames/backlogs", "/openapi.json", "/frames/f", "/nowhere?token=" + PLANTED,
                "/processors?password=" + PLANTED, "/frames/route?api_token=" + PLANTED,
                // Check again: later calls may have become labels.
                "/metrics")) {
            see(text(url + path));
        }
        assertThat(detector.find()).isTrue();
        see(text(detector.group(1)));
    }

    private void refusedCommands(Commands commands, String url) throws Exception {
        for (String line : List.of("config serve", "config camera --json", "processors --orchestrator-url " + url,
                "processors --orchestrator-url http://me:pl4nted@127.0.0.1:1", "top --api-token pl4nted\u00e9",
                "processors --api-token pl4nted-wrong --orchestrator-url " + url,
                "serve --redis-url redis://:pl4nted-wrong@127.0.0.1:" + redis.address().port(),
                "serve --redis-url redis://:pl4nted%zz@h", "serve --alert-webhook ftp://pl4nted",
                "camera rtsp://u:pl4nted#x@cam/1 --id c", "camera rtsp://u:pl4nted/x@cam/1 --id c",
                "camera " + address("rtsp", "wrong") + " --id c --wait false",
                "camera a.mp4 rtsp://u:x/pl4nted@cam/1 --id c",
                "detector motion --orchestrator-url http://a:pl4nted^@h",
                "serve --nonsense=pl4nted")) {
            RunningCommand refused = commands.start((line + " --config-file " + conf).split(" "));
            refused.exitCode();
            see(refused.output() + refused.errors());
        }
    }

    private void seeProcessTitles(List<RunningCommand> running) throws IOException {
        for (RunningCommand one : running) {
            for (ProcessHandle process : Stream.concat(Stream.of(one.process().toHandle()),
                    one.process().descendants()).toList()) {
                see(Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.UTF_8)
                        .replace('\0', ' '));
            }
        }
    }

    /** Logs and all other output; Redis itself must store its data. */
    private void seeFiles() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).filter(file -> !file.startsWith(secrets)
                    && !file.startsWith(folder.resolve("redis"))).toList()) {
                see(file + "\n" + Files.readString(file, StandardCharsets.ISO_8859_1));
                see(Files.readString(file, StandardCharsets.UTF_8));
            }
        }
    }

    private HttpRequest.Builder request(String url) {
        return HttpRequest.newBuilder(URI.create(url)).header("Authorization", "Bearer " + PLANTED + "-api")
                .header("Content-Type", "application/json");
    }

    private String text(String url) {
        try {
            return http.send(request(url).build(), BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void see(String text) {
        seen.append(text).append('\n');
    }
}
