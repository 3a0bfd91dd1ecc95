package framebuffer.orchestrator.api.server;

import framebuffer.orchestrator.api.http.Caller;
import framebuffer.orchestrator.api.http.Problem;
import framebuffer.orchestrator.api.http.Problem.ProblemType;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.wire.text.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.util.Callback;

/** Sends the response to one request. */
final class ResponseSender {
    /** A browser shows nothing but documents that say what they need. */
    private static final Map<String, String> SAFE = Map.of("Content-Security-Policy",
            "default-src 'none'; frame-ancestors 'none'", "X-Content-Type-Options", "nosniff", "Referrer-Policy",
            "no-referrer");

    private static final int LONGEST_PATH = 1_024;

    private final RequestReader request;
    private final org.eclipse.jetty.server.Response response;
    private final Callback callback;
    private final MemoryBudget.Share memory;
    private final EventListeners listeners;
    private String who = "";

    /**
     * @param callback completed when the response is sent, or cannot be
     * @param memory of responses that are not sent yet
     */
    ResponseSender(RequestReader request, org.eclipse.jetty.server.Response response, Callback callback,
            MemoryBudget.Share memory,
            EventListeners listeners) {
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.memory = memory;
        this.listeners = listeners;
    }

    /** Sends a problem, and closes the connection. */
    void hangUp(Problem problem) {
        response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
        send(problem);
    }

    /** Sends the response of an endpoint. */
    void answer(Response reply, Caller caller) {
        who = request.peer() + ' ' + caller.name();
        send(reply);
    }

    void send(Response reply) {
        if (response.isCommitted()) {
            callback.failed(new IOException("the response has begun, and cannot be completed"));
            return;
        }
        response.getHeaders().put(RequestReader.ID_HEADER, request.id());
        switch (reply) {
            case Response.JsonContent json ->
                send(json.status(), "application/json", json.headers(), Json.bytes(json.body()));
            case Response.DocumentContent document ->
                send(200, document.contentType(), document.headers(), bytes(document.body()));
            case Response.EventContent events -> stream(to -> to.run(response, events));
            case Response.FeedContent feed -> stream(to -> to.run(response, feed));
            case Response.NoContent _ -> {
                response.setStatus(204);
                response.write(true, null, callback);
            }
            case Problem problem -> write(problem.kind().status(), Problem.CONTENT_TYPE, problem.headers(),
                    Json.bytes(problem.json(shownPath(), request.id())));
        }
    }

    private void stream(Consumer<EventStream> events) {
        if (request.method().equals("HEAD")) {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, EventStream.CONTENT_TYPE);
            response.write(true, null, callback);
            return;
        }
        if (!listeners.enter(who)) {
            send(new Problem(ProblemType.UNAVAILABLE, "Too many clients are listening: at most "
                    + EventListeners.MOST + ", and " + EventListeners.MOST_OF_ONE + " of one address and token",
                    List.of(), Map.of("Retry-After", "10")));
            return;
        }
        try {
            events.accept(new EventStream(request.path(), request.id(), listeners.stopping()));
            callback.succeeded();
        } finally {
            listeners.leave(who);
        }
    }

    private static byte[] bytes(Response.BodyWriter body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 14);
        try {
            body.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private void send(int status, String type, Map<String, String> headers, byte[] content) {
        if (!memory.take(content.length)) {
            send(new Problem(ProblemType.UNAVAILABLE, "The service sends too many large responses at once", List.of(),
                    Map.of("Retry-After", "1")));
            return;
        }
        write(status, type, headers, content);
    }

    /** A problem is small, and must be sent when nothing else can be. */
    private String shownPath() {
        String path = request.path();
        return path.length() <= LONGEST_PATH ? path : path.substring(0, LONGEST_PATH) + "…";
    }

    private void write(int status, String type, Map<String, String> headers, byte[] content) {
        response.setStatus(status);
        SAFE.forEach(response.getHeaders()::put);
        headers.forEach(response.getHeaders()::put);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type).put(HttpHeader.CONTENT_LENGTH, content.length);
        response.write(true, ByteBuffer.wrap(content),
                Callback.from(callback, memory::close));
    }
}
