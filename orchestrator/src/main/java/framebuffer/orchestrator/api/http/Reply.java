package framebuffer.orchestrator.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/** What a request is answered. */
public sealed interface Reply permits Reply.Json, Reply.Document, Reply.NoContent, Reply.Events, Problem {

    /** A JSON document. */
    record Json(int status, JsonNode body, Map<String, String> headers) implements Reply {
        public Json {
            headers = Map.copyOf(headers);
        }
    }

    /** A document of another type. */
    record Document(String contentType, Body body, Map<String, String> headers) implements Reply {
        public Document {
            headers = Map.copyOf(headers);
        }

        public Document(String contentType, Body body) {
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
    record Events(String name, Duration every, Supplier<JsonNode> state) implements Reply {
    }

    /** Writes a document. */
    @FunctionalInterface
    interface Body {
        void write(OutputStream out) throws IOException;
    }

    /** Done, and nothing to be said. */
    record NoContent() implements Reply {
    }

    /** 200 with a JSON document. */
    static Reply ok(JsonNode body) {
        return new Json(200, body, Map.of());
    }
}
