package framebuffer.orchestrator.api.http;

import framebuffer.wire.text.Json;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import org.jspecify.annotations.Nullable;

/** Answers what never gets to a route, mostly because it is no valid HTTP; the connection is closed. */
public final class MalformedRequests implements DirectHandler {

    @Override
    public TransportResponse handle(TransportRequest request, EventType type, Status status,
            ServerResponseHeaders headers, @Nullable String message) {
        HeaderName named = HeaderNames.create(RequestId.HEADER);
        String id = RequestId.of(request.headers().first(named).orElse(""));
        Problem problem = new Problem(kind(status), status.reasonPhrase());
        byte[] body = Json.bytes(problem.json(request.path(), id));
        headers.set(HeaderNames.CONTENT_TYPE, Problem.CONTENT_TYPE);
        headers.set(named, id);
        return TransportResponse.builder().status(Status.create(problem.kind().status())).headers(headers).entity(body)
                .keepAlive(false).build();
    }

    private static Problem.ProblemType kind(Status status) {
        return switch (status.code()) {
            case 500 -> Problem.ProblemType.INTERNAL;
            case 503 -> Problem.ProblemType.UNAVAILABLE;
            default -> Problem.ProblemType.BAD_REQUEST;
        };
    }
}
