package framebuffer.orchestrator.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/** What a request is answered. */
public sealed interface Reply permits Reply.Json, Reply.Document, Reply.NoContent, Problem {

    /** A JSON document. */
    record Json(int status, JsonNode body, Map<String, String> headers) implements Reply {
        public Json {
            headers = Map.copyOf(headers);
        }
    }

    /** A document of another type. */
    record Document(String contentType, Body body) implements Reply {
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
