package framebuffer.orchestrator.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.orchestrator.api.http.EventFeed;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/** The response to a request. */
public sealed interface Response
        permits Response.JsonContent, Response.DocumentContent, Response.NoContent, Response.EventContent,
        Response.FeedContent, Problem {

    /** A JSON document. */
    record JsonContent(int status, JsonNode body, Map<String, String> headers) implements Response {
        public JsonContent {
            headers = Map.copyOf(headers);
        }
    }

    /** A document of another type. */
    record DocumentContent(String contentType, BodyWriter body, Map<String, String> headers) implements Response {
        public DocumentContent {
            headers = Map.copyOf(headers);
        }

        public DocumentContent(String contentType, BodyWriter body) {
            this(contentType, body, Map.of());
        }
    }

    /**
     * Server-sent events until the caller disconnects or the service stops: one at once, then one each interval. When the state is
     * unavailable because Redis is away, an event {@code trouble} carries a problem document, and the stream continues.
     *
     * @param name of the events
     * @param state the content of the next event
     */
    record EventContent(String name, Duration every, Supplier<JsonNode> state) implements Response {
    }

    /**
     * Server-sent events with ids, as they come, until the caller disconnects or the service stops. A caller that comes back names the last
     * id, and misses nothing. While Redis is away, events {@code trouble} carry a problem document, and the stream continues.
     *
     * @param name of the events
     * @param open begins the feed; its exceptions are answered like those of an endpoint
     */
    record FeedContent(String name, Supplier<EventFeed> open) implements Response {
    }

    /** Writes a document. */
    @FunctionalInterface
    interface BodyWriter {
        void write(OutputStream out) throws IOException;
    }

    /** Success without content. */
    record NoContent() implements Response {
    }

    /** 200 with a JSON document. */
    static Response ok(JsonNode body) {
        return new JsonContent(200, body, Map.of());
    }
}
