package framebuffer.orchestrator.api.http;

import framebuffer.orchestrator.api.http.Problem.ProblemType;
import framebuffer.orchestrator.api.http.Request.RequestRejected;
import framebuffer.orchestrator.api.http.Route.Access;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.wire.text.Json;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns every request into a response: authorizes it, calls the endpoint, turns exceptions into problems, and adds the request id. */
final class RequestHandler {
    private static final Logger log = LoggerFactory.getLogger(RequestHandler.class);

    /** Limit of event streams: each occupies a connection and gets an event a second, and few people watch at once. */
    private static final int MOST_LISTENERS = 64;

    private final @Nullable ApiToken token;
    private final CrossSiteGuard crossSite;
    private final int maxBody;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Semaphore listeners = new Semaphore(MOST_LISTENERS);

    RequestHandler(@Nullable ApiToken token, AllowedHosts hosts, int maxBody) {
        this.token = token;
        this.crossSite = new CrossSiteGuard(hosts);
        this.maxBody = maxBody;
    }

    Handler handler(Access access, Route.Endpoint endpoint) {
        return (request, response) -> {
            Request call = new Request(request, maxBody);
            String id = Request.id(call.header(Request.ID_HEADER));
            try {
                send(response, call, id, answer(access, endpoint, call));
            } catch (RequestRejected refusal) {
                if (refusal.hangUp()) {
                    response.header(HeaderNames.CONNECTION, "close");
                }
                send(response, call, id, refusal.problem());
            } catch (RedisUnavailable | RedisRefused e) {
                send(response, call, id, unavailable(e));
            } catch (RuntimeException e) {
                if (response.isSent()) {
                    throw e;
                }
                log.error("request {} failed: {} {}", id, call.method(), call.raw(), e);
                send(response, call, id,
                        new Problem(ProblemType.INTERNAL, "The log has details under the id of this request"));
            }
        };
    }

    private Response answer(Access access, Route.Endpoint endpoint, Request call) {
        Optional<Problem> refusal = crossSite.refusal(call, access == Access.PROBE);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        if (access == Access.TOKEN && token != null && !token.isIn(call.header(HeaderNames.AUTHORIZATION).orElse(""))) {
            return new Problem(ProblemType.UNAUTHORIZED, "Send the header Authorization: Bearer, with the API token",
                    List.of(), Map.of("WWW-Authenticate", "Bearer realm=\"frame-buffer\""));
        }
        return endpoint.answer(call);
    }

    /** Ends all event streams. */
    void stop() {
        stopping.countDown();
    }

    static Problem unavailable(RuntimeException e) {
        String why = e instanceof RedisRefused ? "Redis refuses: " : "Redis is unreachable: ";
        return new Problem(ProblemType.UNAVAILABLE, why + e.getMessage(), List.of(), Map.of("Retry-After", "1"));
    }

    private void send(ServerResponse response, Request call, String requestId, Response reply) {
        response.header(Request.ID_HEADER, requestId);
        switch (reply) {
            case Response.JsonContent json -> {
                json.headers().forEach(response::header);
                send(response, call, json.status(), new ResponseContent("application/json", Json.bytes(json.body())));
            }
            case Response.DocumentContent document -> {
                document.headers().forEach(response::header);
                send(response, call, 200, new ResponseContent(document.contentType(), bytes(document.body())));
            }
            case Response.EventContent events -> send(response, call, requestId, events);
            case Response.NoContent _ -> response.status(204).send();
            case Problem problem -> {
                problem.headers().forEach(response::header);
                send(response, call, problem.kind().status(),
                        new ResponseContent(Problem.CONTENT_TYPE, Json.bytes(problem.json(call.raw(), requestId))));
            }
        }
    }

    private void send(ServerResponse response, Request call, String requestId, Response.EventContent events) {
        if (call.method().equals("HEAD")) {
            response.header(HeaderNames.CONTENT_TYPE, EventStream.CONTENT_TYPE).send();
        } else if (!listeners.tryAcquire()) {
            send(response, call, requestId,
                    new Problem(ProblemType.UNAVAILABLE,
                            MOST_LISTENERS + " clients are listening, and no more are allowed",
                            List.of(), Map.of("Retry-After", "10")));
        } else {
            try {
                new EventStream(call.raw(), requestId, stopping).run(response, events);
            } finally {
                listeners.release();
            }
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

    /** For HEAD, sends the headers without the body; the web server does not do that itself. */
    private static void send(ServerResponse response, Request call, int status, ResponseContent content) {
        response.status(status).header(HeaderNames.CONTENT_TYPE, content.type());
        if (call.method().equals("HEAD")) {
            response.header(HeaderNames.CONTENT_LENGTH, String.valueOf(content.bytes().length)).send();
        } else {
            response.send(content.bytes());
        }
    }

    private static final class ResponseContent {
        private final String type;
        private final byte[] bytes;

        ResponseContent(String type, byte[] bytes) {
            this.type = type;
            this.bytes = bytes;
        }

        String type() {
            return type;
        }

        byte[] bytes() {
            return bytes;
        }
    }
}
