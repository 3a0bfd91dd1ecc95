package framebuffer.orchestrator.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.wire.text.Decoded;
import java.util.List;
import java.util.Map;

/**
 * Why a request was refused, as of RFC 9457.
 *
 * @param detail this occurrence, as text
 * @param errors the invalid fields, if any
 * @param headers additional response headers
 * @param members additional members for programs
 */
public record Problem(ProblemType kind, String detail, List<Decoded.FieldProblem> errors, Map<String, String> headers,
        Map<String, JsonNode> members) implements Response {
    public static final String CONTENT_TYPE = "application/problem+json";

    /** Problem types; programs may rely on their names. */
    public enum ProblemType {
        /** Invalid HTTP, or an incomplete body. */
        BAD_REQUEST("bad-request", 400, "The request is malformed"),
        /** The token is missing or wrong. */
        UNAUTHORIZED("unauthorized", 401, "The request needs a valid token"),
        /** The role of the token does not permit the request. */
        FORBIDDEN("forbidden", 403, "The token does not permit this"),
        /** A web page of another origin requested a change. */
        CROSS_SITE("cross-site", 403, "The request comes from a page of another site"),
        /** No such path, or no such resource. */
        NOT_FOUND("not-found", 404, "The resource does not exist"),
        /** The Allow header lists the methods. */
        METHOD_NOT_ALLOWED("method-not-allowed", 405, "The path does not support this method"),
        /** A live processor has the id. */
        ALREADY_REGISTERED("already-registered", 409, "The processor is already registered"),
        /** The owner is registered, or it has departed and its queue is not empty yet. */
        QUEUE_TAKEN("queue-taken", 409, "The queue belongs to another processor"),
        /** Redis holds another type of value under the key. */
        QUEUE_UNUSABLE("queue-unusable", 409, "The key of the queue holds something else"),
        /** The limit of processors is reached. */
        REGISTRY_FULL("registry-full", 409, "No more processors can be registered"),
        /** The limit of camera policies is reached. */
        POLICIES_FULL("policies-full", 409, "No more cameras can have a policy of their own"),
        /** The limit of silences is reached. */
        SILENCES_FULL("silences-full", 409, "No more alerts can be silenced"),
        /** The members {@code capability} and {@code candidates} give details. */
        NO_PROCESSOR("no-processor", 409, "No processor can take the frame"),
        /** The body exceeds the limit. */
        TOO_LARGE("too-large", 413, "The body is too large"),
        /** The Host header names another service. */
        MISDIRECTED("misdirected", 421, "The request is meant for another host"),
        /** The member {@code errors} names the fields. */
        INVALID("invalid", 422, "The request is invalid"),
        /** A fault of the service; the log has details. */
        INTERNAL("internal", 500, "The service failed"),
        /** Redis is unreachable, or refuses. */
        UNAVAILABLE("unavailable", 503, "The service cannot answer now");

        private final String slug;
        private final int status;
        private final String title;

        ProblemType(String slug, int status, String title) {
            this.slug = slug;
            this.status = status;
            this.title = title;
        }

        /** The HTTP status. */
        public int status() {
            return status;
        }
    }

    public Problem {
        errors = List.copyOf(errors);
        headers = Map.copyOf(headers);
        members = Map.copyOf(members);
    }

    public Problem(ProblemType kind, String detail, List<Decoded.FieldProblem> errors, Map<String, String> headers) {
        this(kind, detail, errors, headers, Map.of());
    }

    public Problem(ProblemType kind, String detail) {
        this(kind, detail, List.of(), Map.of());
    }

    /** 422 with the invalid fields. */
    public static Problem invalid(List<Decoded.FieldProblem> errors) {
        return new Problem(ProblemType.INVALID, new Decoded.Invalid<>(errors).detail(), errors, Map.of());
    }

    /** 422 for one field. */
    public static Problem invalid(String field, String reason) {
        return invalid(List.of(new Decoded.FieldProblem(field, reason)));
    }

    /**
     * As a problem document.
     *
     * @param instance the requested path
     * @param requestId the id of the request in the log
     */
    public ObjectNode json(String instance, String requestId) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("type", "urn:frame-buffer:problem:" + kind.slug)
                .put("title", kind.title).put("status", kind.status).put("detail", detail).put("instance", instance)
                .put("request_id", requestId);
        if (!errors.isEmpty()) {
            ArrayNode list = json.putArray("errors");
            errors.forEach(error -> list.addObject().put("field", error.field()).put("reason", error.reason()));
        }
        members.forEach(json::set);
        return json;
    }
}
