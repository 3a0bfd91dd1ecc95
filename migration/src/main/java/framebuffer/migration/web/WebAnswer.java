package framebuffer.migration.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import framebuffer.wire.text.Json;
import java.util.List;

/** A complete response. The server adds its length. */
public final class WebAnswer {
    private final int status;
    private final List<WebHeader> headers;
    private final byte[] body;

    /**
     * @param body shared, not to be changed
     */
    public WebAnswer(int status, List<WebHeader> headers, byte[] body) {
        this.status = status;
        this.headers = List.copyOf(headers);
        this.body = body;
    }

    /** JSON. */
    public static WebAnswer json(int status, JsonNode json) {
        return new WebAnswer(status, List.of(new WebHeader("Content-Type", "application/json")), Json.bytes(json));
    }

    /** Says why there is no other answer, in the form that clients of the older service know. */
    public static WebAnswer fault(int status, String why) {
        return json(status, JsonNodeFactory.instance.objectNode().put("detail", why));
    }

    public int status() {
        return status;
    }

    public List<WebHeader> headers() {
        return headers;
    }

    /** The body; shared, not to be changed. */
    public byte[] body() {
        return body;
    }
}
