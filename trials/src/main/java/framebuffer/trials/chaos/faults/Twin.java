package framebuffer.trials.chaos.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A second instance under the name of a running one. It must end on its own, with exit code 2. For one thread at a time. */
final class Twin implements AutoCloseable {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(1);
    private static final int REFUSED = 2;
    private static final int OK = 200;

    private final String name;
    private final int port;
    private final Process process;

    /**
     * Starts the twin.
     *
     * @param name name of both instances
     * @param line its command line
     * @param port the port of its REST API
     * @param log file to which its output is appended
     */
    Twin(String name, List<String> line, int port, Path log) {
        this.name = name;
        this.port = port;
        try {
            ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().keySet().retainAll(Child.ENVIRONMENT);
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start the twin of " + name, e);
        }
    }

    /** Its state. A twin that still runs is allowed while it is not ready: it may be waiting for Redis. */
    ChaosPipeline.Observation observe() {
        if (process.isAlive()) {
            return isReady()
                    ? new ChaosPipeline.Observation("the twin of " + name + " became ready", true)
                    : new ChaosPipeline.Observation("the twin of " + name + " is not ready", false);
        }
        return new ChaosPipeline.Observation("the twin of " + name + " ended (" + process.exitValue() + ')',
                process.exitValue() != REFUSED);
    }

    private boolean isReady() {
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(ANSWER_WITHIN).build()) {
            return client.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/health/ready"))
                    .timeout(ANSWER_WITHIN).build(), HttpResponse.BodyHandlers.discarding()).statusCode() == OK;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
