package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import framebuffer.orchestrator.api.http.Token;
import framebuffer.orchestrator.ledger.Ledger;
import framebuffer.orchestrator.registry.HandClock;
import framebuffer.orchestrator.registry.RegistrationPolicy.Limits;
import framebuffer.orchestrator.registry.Registry;
import framebuffer.streams.LedgerReader.Reading;
import framebuffer.streams.RedisAddress;
import framebuffer.wire.Keys;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The API as a service on a free port, with a real registry behind it, and a client that calls it. */
final class Service implements AutoCloseable {
    final HandClock clock = new HandClock();
    final Registry registry;
    volatile Supplier<Ledger> ledger = () -> Ledger
            .of(new Reading(Map.of("cam0", Map.of("captured", 3L, "done", 2L)), 1));
    volatile Optional<String> vital = Optional.empty();
    volatile Optional<String> minor = Optional.empty();
    private final ApiServer server;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** What was answered. */
    record Answer(int status, String text, HttpResponse<String> response) {
        JsonNode json() {
            return parsed(text);
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }
    }

    Service(RedisAddress redis) {
        this(redis, Limits.DEFAULT, null);
    }

    Service(RedisAddress redis, Limits limits, @Nullable Token token) {
        registry = new Registry(
                new Registry.Settings(redis, Keys.DEFAULT, limits, Duration.ofMillis(20), clock));
        server = ApiServer.start(new ApiServer.Settings("127.0.0.1", 0, token),
                new Doors(registry, () -> ledger.get(),
                        List.of(new HealthCheck("redis", HealthCheck.Weight.VITAL, () -> vital),
                                new HealthCheck("processors", HealthCheck.Weight.MINOR, () -> minor)),
                        new EchoedMetrics()));
    }

    /** Metrics that show which format was asked for. */
    private static final class EchoedMetrics implements MetricsText {
        @Override
        public String contentType(String accept) {
            return accept.contains("openmetrics") ? "application/openmetrics-text" : "text/plain";
        }

        @Override
        public void write(OutputStream out, String accept) throws IOException {
            if (accept.equals("broken")) {
                throw new IOException("the secret reason");
            }
            out.write(("up 1 # " + contentType(accept)).getBytes(StandardCharsets.UTF_8));
        }
    }

    int port() {
        return server.port();
    }

    Answer get(String path, String... headers) {
        return call("GET", path, "", headers);
    }

    Answer post(String path, String body, String... headers) {
        return call("POST", path, body, headers);
    }

    Answer call(String method, String path, String body, String... headers) {
        return call(method, path, BodyPublishers.ofString(body), headers);
    }

    Answer call(String method, String path, HttpRequest.BodyPublisher body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(Duration.ofSeconds(20)).method(method, body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body(), response);
        } catch (IOException e) {
            throw new AssertionError(method + " " + path + " was not answered", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Sends bytes as they are, and reads until the server hangs up. */
    String raw(String request) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError("no answer to " + request, e);
        }
    }

    static JsonNode parsed(String text) {
        try {
            return JsonMapper.builder().build().readTree(text);
        } catch (IOException e) {
            throw new AssertionError("no JSON: " + text, e);
        }
    }

    @Override
    public void close() {
        server.close();
        registry.close();
    }
}
