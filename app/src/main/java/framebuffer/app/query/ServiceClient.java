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
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Calls the REST API of a running service, with the JDK's older HTTP client: the newer one takes 0.13 s of CPU time more to start. */
public final class ServiceClient {
    private static final int TIMEOUT_MILLIS = 10_000;

    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int UNWELL = 503;

    private final String base;
    private final @Nullable Secret token;
    private final @Nullable SSLContext tls;

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

    /** A further parameter of a query, encoded; empty if it has no value. */
    public static String parameter(String name, @Nullable String value) {
        return value == null ? "" : "&" + name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    /**
     * @throws CannotRun when the URL is invalid
     */
    public ServiceClient(ServiceOptions service) {
        base = service.url().replaceAll("/+$", "");
        tls = service.tls();
        Secret given = service.apiToken();
        token = given == null ? null : new Secret(given.reveal().strip());
        if (token != null && !token.reveal().chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new CannotRun("--api-token must not hold spaces, control characters or letters beyond ASCII");
        }
    }

    /**
     * Sends a GET request.
     *
     * @throws CannotRun when the service does not answer, or refuses
     */
    public ServiceAnswer get(String path) {
        return call("GET", path, null, CONFLICT);
    }

    /** Like {@link #get}, but an unhealthy status is a possible answer, not an error. */
    public ServiceAnswer fetch(String path) {
        return call("GET", path, null, UNWELL);
    }

    /** Like {@link #get}, but 404 is a possible answer. */
    public ServiceAnswer find(String method, String path) {
        return call(method, path, null, NOT_FOUND);
    }

    ServiceAnswer post(String path, ObjectNode body) {
        return call("POST", path, Json.bytes(body), CONFLICT);
    }

    /**
     * Opens a stream of server-sent events; the caller closes it. A read fails when nothing comes for ten seconds.
     *
     * @param after the id of the last event that the caller has; null: only what comes from now on
     * @throws CannotRun when the service refuses
     * @throws IOException when it does not answer, or is unavailable
     */
    public InputStream listen(String path, @Nullable String after) throws IOException {
        HttpURLConnection request = addressed(path);
        request.setRequestProperty("Accept", "text/event-stream");
        if (after != null) {
            request.setRequestProperty("Last-Event-ID", after);
        }
        int status = request.getResponseCode();
        if (status == UNWELL) {
            throw new IOException(new ServiceAnswer(false, text(request, status)).detail());
        }
        if (status != OK) {
            usable(status, text(request, status), OK);
        }
        return request.getInputStream();
    }

    /** Says that no service answers. */
    public CannotRun silent(IOException why) {
        return new CannotRun("no service answers at " + base
                + "; start one with `frame-buffer serve`, or set its address with --orchestrator-url", why);
    }

    private HttpURLConnection addressed(String path) throws IOException {
        try {
            return open(URI.create(base + path));
        } catch (IllegalArgumentException | MalformedURLException e) {
            throw new CannotRun(
                    "--orchestrator-url must be as in http://localhost:8002, not " + new SecretAddress(base));
        }
    }

    private ServiceAnswer call(String method, String path, byte @Nullable [] body, int refusal) {
        try {
            HttpURLConnection request = addressed(path);
            request.setRequestMethod(method);
            if (body != null) {
                request.setDoOutput(true);
                // Without a fixed length, the JDK would send a request again after a broken connection.
                request.setFixedLengthStreamingMode(body.length);
                try (OutputStream out = request.getOutputStream()) {
                    out.write(body);
                }
            }
            int status = request.getResponseCode();
            return usable(status, status == UNAUTHORIZED ? "" : text(request, status), refusal);
        } catch (IOException e) {
            throw silent(e);
        }
    }

    private HttpURLConnection open(URI address) throws IOException {
        if (address.getHost() == null || !(address.toURL().openConnection() instanceof HttpURLConnection request)) {
            throw new IllegalArgumentException("not an HTTP URL");
        }
        if (tls != null && request instanceof HttpsURLConnection secure) {
            secure.setSSLSocketFactory(tls.getSocketFactory());
        }
        request.setConnectTimeout(TIMEOUT_MILLIS);
        request.setReadTimeout(TIMEOUT_MILLIS);
        request.setInstanceFollowRedirects(false);
        request.setRequestProperty("Accept", "application/json");
        request.setRequestProperty("Content-Type", "application/json");
        if (token != null) {
            request.setRequestProperty("Authorization", "Bearer " + token.reveal());
        }
        return request;
    }

    private static String text(HttpURLConnection answered, int status) throws IOException {
        try (InputStream body = status < BAD_REQUEST ? answered.getInputStream() : answered.getErrorStream()) {
            return body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private ServiceAnswer usable(int status, String body, int refusal) {
        ServiceAnswer answer = new ServiceAnswer(status / 100 == 2, body);
        if (status == UNAUTHORIZED) {
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
}
