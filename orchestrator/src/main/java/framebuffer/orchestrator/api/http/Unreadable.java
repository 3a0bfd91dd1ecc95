package framebuffer.orchestrator.api.http;

import framebuffer.wire.Json;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import org.jspecify.annotations.Nullable;

/** Answers requests that are no HTTP, before any route sees them; the connection is closed. */
public final class Unreadable implements DirectHandler {

    @Override
    public TransportResponse handle(TransportRequest request, EventType type, Status status,
            ServerResponseHeaders headers, @Nullable String message) {
        String id = RequestId.of("");
        Problem problem = new Problem(Problem.Kind.BAD_REQUEST, status.reasonPhrase());
        byte[] body = Json.bytes(problem.json(request.path(), id).put("status", status.code()));
        headers.set(HeaderNames.CONTENT_TYPE, Problem.CONTENT_TYPE);
        headers.set(HeaderNames.create(RequestId.HEADER), id);
        return TransportResponse.builder().status(status).headers(headers).entity(body).keepAlive(false).build();
    }
}
