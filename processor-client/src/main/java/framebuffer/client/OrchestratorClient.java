package framebuffer.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.wire.Secret;
import framebuffer.wire.control.Heartbeat;
import framebuffer.wire.control.Registration;
import framebuffer.wire.text.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.StreamSupport;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The calls of the orchestrator's REST API that a processor needs (docs/protocol.md 3.7). */
final class OrchestratorClient implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_BODY = 4 << 20;
    private static final int DETAIL_SHOWN = 500;

    private final String base;
    private final @Nullable Secret token;
    private final HttpClient http;

    /**
     * @param token null: none
     * @param tls null: that of the JDK
     */
    OrchestratorClient(URI base, @Nullable Secret token, @Nullable SSLContext tls) {
        this.base = base.toString().replaceAll("/+$", "");
        this.token = token;
        HttpClient.Builder client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(TIMEOUT);
        this.http = (tls == null ? client : client.sslContext(tls)).build();
    }

    /** Registers, or updates the registration of an earlier incarnation. */
    ApiReply register(Registration registration) throws InterruptedException {
        BodyPublisher body = BodyPublishers.ofByteArray(registration.encode());
        ApiReply reply = ask("POST", "/processors/register", body);
        return reply instanceof ApiReply.Refused refused && refused.status() == 409
                && refused.detail().contains("already registered")
                        ? ask("PUT", "/processors/" + registration.id(), body)
                        : reply;
    }

    /** Sends a heartbeat; refused with 404 when the processor is not registered. */
    ApiReply heartbeat(Heartbeat heartbeat) throws InterruptedException {
        return ask("POST", "/processors/" + heartbeat.processorId() + "/heartbeat",
                BodyPublishers.ofByteArray(heartbeat.encode()));
    }

    /** Unregisters; the frames in the queue go to other processors. */
    ApiReply unregister(String id) throws InterruptedException {
        return ask("DELETE", "/processors/" + id, BodyPublishers.noBody());
    }

    /** The URL. */
    @Override
    public String toString() {
        return base;
    }

    private ApiReply ask(String method, String path, BodyPublisher body) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).timeout(TIMEOUT)
                .header("Content-Type", "application/json").header("Accept", "application/json").method(method, body);
        if (token != null) {
            request.header("Authorization", "Bearer " + token.reveal());
        }
        try {
            return reply(send(request.build()));
        } catch (TimeoutException e) {
            return away("its answer did not end within " + TIMEOUT.toSeconds() + " s");
        } catch (IOException e) {
            String said = e.getMessage();
            return away(e.getClass().getSimpleName() + (said == null ? "" : ": " + oneLine(said)));
        }
    }

    /** Sends a request, and reads the whole answer in bounded time and memory. */
    private HttpResponse<byte[]> send(HttpRequest request) throws IOException, TimeoutException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> answer = http.sendAsync(request,
                BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_BODY));
        try {
            // The request's own timeout ends when the body begins.
            return answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failed ? failed : new IOException(e.getCause());
        } finally {
            answer.cancel(true);
        }
    }

    private ApiReply.Away away(String why) {
        return new ApiReply.Away("no orchestrator at " + base + " (" + why + ")");
    }

    private ApiReply reply(HttpResponse<byte[]> response) {
        int status = response.statusCode();
        if (status / 100 == 2) {
            ObjectNode processor = Json.object(response.body());
            return processor == null
                    ? new ApiReply.Accepted(false, List.of())
                    : new ApiReply.Accepted(processor.path("draining").booleanValue(), StreamSupport
                            .stream(processor.path("key_prefixes").spliterator(), false).map(JsonNode::asText)
                            .toList());
        }
        String detail = detail(response.body());
        return status >= 500 || status == 408 || status == 429
                ? new ApiReply.Away("the orchestrator at " + base + " answers " + status + ": " + detail)
                : new ApiReply.Refused(status, detail);
    }

    private static String detail(byte[] body) {
        ObjectNode problem = Json.object(body);
        if (problem == null) {
            return "no reason given";
        }
        String detail = problem.path("detail").asText();
        return oneLine(detail.isEmpty() ? problem.path("title").asText("no reason given") : detail);
    }

    private static String oneLine(String text) {
        String line = text.replaceAll("\\s+", " ").strip();
        return line.length() > DETAIL_SHOWN ? line.substring(0, DETAIL_SHOWN) + "…" : line;
    }

    /** Stops its threads and aborts calls in progress. */
    @Override
    public void close() {
        http.shutdownNow();
    }
}
