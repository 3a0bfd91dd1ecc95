package framebuffer.trials.bench.rig;

import framebuffer.app.Main;
import framebuffer.app.terminal.CannotRun;
import framebuffer.redis.embedded.EmbeddedRedis;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** An instance in a separate process, so that its resources can be measured and it can be killed. */
public final class Instance implements AutoCloseable {
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(100);

    private final Process process;
    private final String url;

    private Instance(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    /** Starts an instance with this name and further options of serve; it is ready when this returns. */
    public static Instance start(BenchRedis redis, String id, String... options)
            throws IOException, InterruptedException {
        List<String> more = new ArrayList<>(List.of("--instance-id", id));
        more.addAll(List.of(options));
        return start(redis, Map.of(), more);
    }

    static Instance start(BenchRedis redis, Map<String, String> environment, List<String> options)
            throws IOException, InterruptedException {
        int port = EmbeddedRedis.freePort();
        List<String> line = new ArrayList<>(List.of("serve", "--port", String.valueOf(port), "--redis-url",
                redis.url(), "--log-level", "error"));
        line.addAll(options);
        Instance instance = new Instance(command(environment, line), "http://127.0.0.1:" + port);
        boolean ready = false;
        try {
            instance.awaitReady();
            ready = true;
            return instance;
        } finally {
            if (!ready) {
                instance.close();
            }
        }
    }

    /** Runs the frame-buffer command. */
    public static Process command(List<String> arguments) throws IOException {
        return command(Map.of(), arguments);
    }

    /** Runs the frame-buffer command with these environment variables. */
    static Process command(Map<String, String> environment, List<String> arguments) throws IOException {
        List<String> line = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                        Main.class.getName()));
        line.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().keySet().removeIf(name -> name.startsWith("OTEL_"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    private void awaitReady() throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/health/ready")).timeout(Duration.ofSeconds(5))
                .build();
        long deadline = System.nanoTime() + READY_WITHIN.toNanos();
        try (HttpClient http = HttpClient.newHttpClient()) {
            while (System.nanoTime() < deadline && process.isAlive()) {
                try {
                    if (http.send(request, BodyHandlers.discarding()).statusCode() == 200) {
                        return;
                    }
                } catch (IOException e) {
                    // Not ready yet.
                }
                Thread.sleep(LOOK);
            }
        }
        throw new CannotRun("the service did not become ready within " + READY_WITHIN.toSeconds() + " s");
    }

    /** Registers a processor for all partitions, with room for all frames and an hour between heartbeats. */
    public void register(String id, String capability) throws IOException, InterruptedException {
        String body = "{\"id\": \"" + id + "\", \"capabilities\": [\"" + capability
                + "\"], \"capacity\": 1000000, \"heartbeat_interval\": 3600, \"partition\": \"all\"}";
        try (HttpClient http = HttpClient.newHttpClient()) {
            int status = http.send(HttpRequest.newBuilder(URI.create(url + "/processors/register"))
                    .POST(BodyPublishers.ofString(body)).build(), BodyHandlers.discarding()).statusCode();
            if (status != 201) {
                throw new CannotRun("processor " + id + " is not registered: " + status);
            }
        }
    }

    /** The URL of its REST API. */
    String url() {
        return url;
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Kills the instance. */
    public void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
