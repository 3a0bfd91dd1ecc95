package framebuffer.app.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.ServiceOptions;
import framebuffer.wire.Secret;
import framebuffer.wire.SecretAddress;
import framebuffer.wire.text.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Calls the REST API of a running service. */
final class ServiceClient implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int UNWELL = 503;

    private final String base;
    private final @Nullable Secret token;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT)
            .build();

    /**
     * A response.
     *
     * @param granted whether the status was below 300; otherwise it was 409, or 404 for a missing resource
     * @param text the body, unchanged
     */
    public record ServiceAnswer(boolean granted, String text) {
        /** The parsed body; a missing node if the body is not JSON. */
        public JsonNode json() {
            return Objects.requireNonNullElseGet(Json.value(text.getBytes(StandardCharsets.UTF_8)),
                    MissingNode::getInstance);
        }

        /** Why the service refused the request, in one line. */
        public String detail() {
            return ServiceClient.detail(json());
        }
    }

    /**
     * @throws CannotRun when the URL is invalid
     */
    public ServiceClient(ServiceOptions service) {
        base = service.url().replaceAll("/+$", "");
        Secret given = service.apiToken();
        token = given == null ? null : new Secret(given.reveal().strip());
        if (token != null && !token.reveal().chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new CannotRun("--api-token must not hold spaces, control characters or letters beyond ASCII");
        }
    }

    ServiceAnswer get(String path) throws InterruptedException {
        return call("GET", path, BodyPublishers.noBody(), CONFLICT);
    }

    /** Like {@link #get}, but an unhealthy status is a possible answer, not an error. */
    public ServiceAnswer fetch(String path) throws InterruptedException {
        return call("GET", path, BodyPublishers.noBody(), UNWELL);
    }

    /** Like {@link #get}, but 404 is a possible answer. */
    ServiceAnswer find(String method, String path) throws InterruptedException {
        return call(method, path, BodyPublishers.noBody(), NOT_FOUND);
    }

    ServiceAnswer post(String path, ObjectNode body) throws InterruptedException {
        return call("POST", path, BodyPublishers.ofByteArray(Json.bytes(body)), CONFLICT);
    }

    private ServiceAnswer call(String method, String path, BodyPublisher body, int refusal)
            throws InterruptedException {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).timeout(TIMEOUT)
                    .header("Accept", "application/json").header("Content-Type", "application/json")
                    .method(method, body);
            if (token != null) {
                request.header("Authorization", "Bearer " + token.reveal());
            }
            return usable(http.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8)), refusal);
        } catch (IllegalArgumentException e) {
            throw new CannotRun(
                    "--orchestrator-url must be as in http://localhost:8002, not " + new SecretAddress(base));
        } catch (IOException e) {
            throw new CannotRun("no service answers at " + base
                    + "; start one with `frame-buffer serve`, or set its address with --orchestrator-url", e);
        }
    }

    private ServiceAnswer usable(HttpResponse<String> response, int refusal) {
        int status = response.statusCode();
        ServiceAnswer answer = new ServiceAnswer(status / 100 == 2, response.body());
        if (status == 401) {
            throw new CannotRun("the service at " + base + (token == null
                    ? " requires a token; set it with --api-token or API_TOKEN"
                    : " rejects the token; check --api-token or API_TOKEN"));
        }
        if (!answer.granted() && status != refusal) {
            throw new CannotRun("the service at " + base + " answers " + status + ": " + answer.detail());
        }
        return answer;
    }

    private static String detail(JsonNode problem) {
        return problem.path("detail").asText("no reason given; is this a frame-buffer service?")
                .replaceAll("[\\s\\p{Cntrl}]+", " ");
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
