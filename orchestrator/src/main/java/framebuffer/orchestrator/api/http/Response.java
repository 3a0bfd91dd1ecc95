package framebuffer.orchestrator.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/** What a request is answered. */
public sealed interface Response
        permits Response.JsonContent, Response.DocumentContent, Response.NoContent, Response.EventContent, Problem {

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
     * Server-sent events, until the caller goes or the service stops: one at once, and one each time the interval has passed. When the
     * state cannot be told, because Redis is away, an event {@code trouble} says so with a problem document, and the next is tried as
     * ever.
     *
     * @param name
     *            of the events
     * @param state
     *            what the next one says
     */
    record EventContent(String name, Duration every, Supplier<JsonNode> state) implements Response {
    }

    /** Writes a document. */
    @FunctionalInterface
    interface BodyWriter {
        void write(OutputStream out) throws IOException;
    }

    /** Done, and nothing to be said. */
    record NoContent() implements Response {
    }

    /** 200 with a JSON document. */
    static Response ok(JsonNode body) {
        return new JsonContent(200, body, Map.of());
    }
}
