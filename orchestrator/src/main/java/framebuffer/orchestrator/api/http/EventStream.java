package framebuffer.orchestrator.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.wire.text.Json;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends server-sent events (WHATWG HTML, section 9.2) to one caller. */
final class EventStream {
    static final String CONTENT_TYPE = "text/event-stream";

    private static final Logger log = LoggerFactory.getLogger(EventStream.class);

    private final String path;
    private final String requestId;
    private final CountDownLatch stopping;

    EventStream(String path, String requestId, CountDownLatch stopping) {
        this.path = path;
        this.requestId = requestId;
        this.stopping = stopping;
    }

    /** Returns when the caller has disconnected, or the service stops. */
    void run(ServerResponse response, Response.EventContent events) {
        // A failure before the first event is answered like any other.
        byte[] first = next(events);
        response.header(HeaderNames.CONTENT_TYPE, CONTENT_TYPE).header(HeaderNames.CACHE_CONTROL, "no-store")
                // A proxy would otherwise buffer events.
                .header("X-Accel-Buffering", "no");
        OutputStream out = response.outputStream();
        try {
            boolean listening = send(out, first);
            while (listening && !stopping.await(events.every().toNanos(), TimeUnit.NANOSECONDS)) {
                listening = send(out, next(events));
            }
            if (listening) {
                out.close();
            }
        } catch (RuntimeException e) {
            // Too late for an error response; the caller reconnects after the end.
            log.error("the event stream of request {} ended: {}", requestId, path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // The caller disconnected first.
        }
    }

    /** False when the caller has disconnected, for which the web server throws various exceptions. */
    private static boolean send(OutputStream out, byte[] event) {
        try {
            out.write(event);
            out.flush();
            return true;
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    private byte[] next(Response.EventContent events) {
        try {
            return event(events.name(), events.state().get());
        } catch (RedisUnavailable | RedisRefused e) {
            return event("trouble", RequestHandler.unavailable(e).json(path, requestId));
        }
    }

    private static byte[] event(String name, JsonNode data) {
        return ("event: " + name + "\ndata: " + new String(Json.bytes(data), StandardCharsets.UTF_8) + "\n\n")
                .getBytes(StandardCharsets.UTF_8);
    }
}
