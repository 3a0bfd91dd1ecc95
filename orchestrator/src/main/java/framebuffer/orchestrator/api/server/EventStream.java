package framebuffer.orchestrator.api.server;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.orchestrator.api.http.EventFeed;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.wire.text.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends server-sent events (WHATWG HTML, section 9.2) to one caller. */
final class EventStream {
    static final String CONTENT_TYPE = "text/event-stream";

    private static final Logger log = LoggerFactory.getLogger(EventStream.class);

    /** How long one look for events of a feed takes, and so a stop of the service. */
    private static final Duration LOOK = Duration.ofMillis(500);
    /** A feed without events sends its position after this number of looks: it shows whether the caller is still there. */
    private static final int QUIET_LOOKS = 2;
    private static final Duration TROUBLE_PAUSE = Duration.ofSeconds(1);

    private final String path;
    private final String requestId;
    private final CountDownLatch stopping;

    EventStream(String path, String requestId, CountDownLatch stopping) {
        this.path = path;
        this.requestId = requestId;
        this.stopping = stopping;
    }

    /** Returns when the caller has disconnected, or the service stops. */
    void run(org.eclipse.jetty.server.Response response, Response.EventContent events) {
        // A failure before the first event is answered like any other.
        byte[] first = next(events);
        OutputStream out = begin(response);
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

    private static OutputStream begin(org.eclipse.jetty.server.Response response) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, CONTENT_TYPE).put(HttpHeader.CACHE_CONTROL, "no-store")
                // A proxy would otherwise buffer events.
                .put("X-Accel-Buffering", "no");
        return Content.Sink.asOutputStream(response);
    }

    /** The same for events with ids. */
    void run(org.eclipse.jetty.server.Response response, Response.FeedContent content) {
        try (EventFeed feed = content.open().get()) {
            OutputStream out = begin(response);
            boolean listening = send(out, position(feed));
            int quiet = 0;
            while (listening && stopping.getCount() > 0) {
                byte[] events = next(content.name(), feed);
                quiet = events.length == 0 ? quiet + 1 : 0;
                listening = events.length > 0
                        ? send(out, events)
                        : quiet % QUIET_LOOKS != 0 || send(out, position(feed));
            }
            if (listening) {
                out.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // The caller disconnected first.
        }
    }

    private byte[] next(String name, EventFeed feed) throws InterruptedException {
        try {
            StringBuilder text = new StringBuilder();
            for (EventFeed.FeedEvent event : feed.next(LOOK)) {
                text.append("id: ").append(event.id()).append('\n').append(text(name, event.data()));
            }
            return text.toString().getBytes(StandardCharsets.UTF_8);
        } catch (RedisUnavailable | RedisRefused e) {
            byte[] trouble = event("trouble", RequestHandler.unavailable(e).json(path, requestId));
            return stopping.await(TROUBLE_PAUSE.toNanos(), TimeUnit.NANOSECONDS) ? new byte[0] : trouble;
        }
    }

    /** An event without data reaches no listener, but sets the id with which the caller comes back. */
    private static byte[] position(EventFeed feed) {
        return ("id: " + feed.position() + "\n\n").getBytes(StandardCharsets.UTF_8);
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
        return text(name, data).getBytes(StandardCharsets.UTF_8);
    }

    private static String text(String name, JsonNode data) {
        return "event: " + name + "\ndata: " + new String(Json.bytes(data), StandardCharsets.UTF_8) + "\n\n";
    }
}
