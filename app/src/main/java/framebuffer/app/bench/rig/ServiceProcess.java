package framebuffer.app.bench.rig;

import framebuffer.app.settings.Unusable;
import framebuffer.streams.RedisAddress;
import framebuffer.streams.embedded.EmbeddedRedis;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A service in a process of its own, on a Redis of its own, so that what it alone uses can be measured; and what loads it. */
public final class ServiceProcess implements AutoCloseable {
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(100);

    private final BenchRedis redis;
    private final Process process;
    private final String url;

    private ServiceProcess(BenchRedis redis, Process process, String url) {
        this.redis = redis;
        this.process = process;
        this.url = url;
    }

    /** Starts one, with these environment variables and more options of serve; it is ready when this returns. */
    public static ServiceProcess start(ServerOptions server, Map<String, String> environment, String... options)
            throws IOException, InterruptedException {
        int port = EmbeddedRedis.freePort();
        BenchRedis redis = server.start();
        Process process;
        try {
            List<String> line = new ArrayList<>(
                    List.of("serve", "--port", String.valueOf(port), "--redis-url", url(redis),
                            "--log-level", "error"));
            line.addAll(List.of(options));
            process = command(environment, line);
        } catch (IOException e) {
            redis.close();
            throw e;
        }
        ServiceProcess service = new ServiceProcess(redis, process, "http://127.0.0.1:" + port);
        boolean ready = false;
        try {
            service.awaitReady();
            ready = true;
            return service;
        } finally {
            if (!ready) {
                service.close();
            }
        }
    }

    private static String url(BenchRedis redis) {
        return "redis://127.0.0.1:" + redis.address().port();
    }

    private static Process command(Map<String, String> environment, List<String> arguments) throws IOException {
        List<String> line = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                        "framebuffer.app.Main"));
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
                    // Not yet.
                }
                Thread.sleep(LOOK);
            }
        }
        throw new Unusable("the service did not become ready within " + READY_WITHIN.toSeconds() + " s");
    }

    /** Where its REST API is. */
    public String url() {
        return url;
    }

    /** Where its Redis is. */
    public RedisAddress redis() {
        return redis.address();
    }

    /** Sends frames to it, which ten processors only acknowledge. Answers how much processor time the service used, in seconds. */
    public double load(int fps, Duration duration) throws IOException, InterruptedException {
        double before = cpuSeconds();
        Process load = command(Map.of(), List.of("load", "--fps", String.valueOf(fps), "--duration",
                duration.toMillis() + "ms", "--cameras", "20", "--processors", "10", "--processing-time", "0s",
                "--capacity",
                "200", "--concurrency", "4", "--json", "--log-level", "error", "--redis-url", url(redis),
                "--orchestrator-url", url));
        try {
            if (load.waitFor() != 0) {
                throw new Unusable("the load ended with exit code " + load.exitValue() + ": not every frame was done");
            }
        } finally {
            load.destroyForcibly();
        }
        return cpuSeconds() - before;
    }

    /** Processor time that it has used so far. */
    public double cpuSeconds() {
        return process.info().totalCpuDuration().orElseThrow(
                () -> new Unusable("this system does not tell how much processor time a process uses")).toNanos() / 1e9;
    }

    /** The most memory that it had so far, in megabytes; -1 where the system does not say. */
    public long peakResidentMegabytes() {
        return Memory.peak(process.pid()).orElse(-1);
    }

    /** One of its metrics, without labels, as it is now. */
    public long metric(String name) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http
                    .send(HttpRequest.newBuilder(URI.create(url + "/metrics")).timeout(Duration.ofSeconds(5)).build(),
                            BodyHandlers.ofLines())
                    .body().filter(line -> line.startsWith(name + " "))
                    .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length() + 1))).findFirst()
                    .orElseThrow(() -> new IllegalStateException("no metric " + name));
        }
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
        } finally {
            redis.close();
        }
    }
}
