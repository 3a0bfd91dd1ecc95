package framebuffer.trials.bench.rig;

import framebuffer.app.terminal.CannotRun;
import framebuffer.redis.RedisAddress;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A service in a separate process with its own Redis, so that its resources can be measured; and a load for it. */
public final class ServiceProcess implements AutoCloseable {
    private final BenchRedis redis;
    private final Instance instance;

    private ServiceProcess(BenchRedis redis, Instance instance) {
        this.redis = redis;
        this.instance = instance;
    }

    /** Starts a service with these environment variables and further options of serve; it is ready when this returns. */
    public static ServiceProcess start(ServerOptions server, Map<String, String> environment, String... options)
            throws IOException, InterruptedException {
        BenchRedis redis = server.start();
        boolean ready = false;
        try {
            ServiceProcess service = new ServiceProcess(redis, Instance.start(redis, environment, List.of(options)));
            ready = true;
            return service;
        } finally {
            if (!ready) {
                redis.close();
            }
        }
    }

    /** The URL of its REST API. */
    public String url() {
        return instance.url();
    }

    /** The address of its Redis. */
    public RedisAddress redis() {
        return redis.address();
    }

    /** Sends frames that ten processors only acknowledge. Returns the CPU time of the service, in seconds. */
    public double load(int fps, Duration duration) throws IOException, InterruptedException {
        double before = cpuSeconds();
        Process load = Instance.command(Map.of(), List.of("load", "--fps", String.valueOf(fps), "--duration",
                duration.toMillis() + "ms", "--cameras", "20", "--processors", "10", "--processing-time", "0s",
                "--capacity",
                "200", "--concurrency", "4", "--json", "--log-level", "error", "--redis-url", redis.url(),
                "--orchestrator-url", url()));
        try {
            if (load.waitFor() != 0) {
                throw new CannotRun("the load ended with exit code " + load.exitValue() + ": not every frame was done");
            }
        } finally {
            load.destroyForcibly();
        }
        return cpuSeconds() - before;
    }

    /** CPU time used so far. */
    public double cpuSeconds() {
        return instance.handle().info().totalCpuDuration().orElseThrow(
                () -> new CannotRun("this system does not report the CPU time of a process")).toNanos()
                / 1e9;
    }

    /** The maximum memory so far, in megabytes; -1: unknown. */
    public long peakResidentMegabytes() {
        return Memory.peak(instance.handle().pid()).orElse(-1);
    }

    /** The current value of a metric without labels. */
    public long metric(String name) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http
                    .send(HttpRequest.newBuilder(URI.create(url() + "/metrics")).timeout(Duration.ofSeconds(5)).build(),
                            BodyHandlers.ofLines())
                    .body().filter(line -> line.startsWith(name + " "))
                    .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length() + 1))).findFirst()
                    .orElseThrow(() -> new IllegalStateException("no metric " + name));
        }
    }

    @Override
    public void close() {
        instance.close();
        redis.close();
    }
}
