package framebuffer.orchestrator.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.wire.text.Decoded;
import java.util.List;
import java.util.Map;

/**
 * Why a request was not granted, as RFC 9457 has it.
 *
 * @param kind
 *            what kind of problem
 * @param detail
 *            this one, for people
 * @param errors
 *            the fields at fault, if any
 * @param headers
 *            response headers that go with it
 * @param members
 *            what else a program may want to know of it
 */
public record Problem(ProblemType kind, String detail, List<Decoded.FieldProblem> errors, Map<String, String> headers,
        Map<String, JsonNode> members) implements Response {
    static final String CONTENT_TYPE = "application/problem+json";

    /** The kinds of problems, each with a name that programs may rely on. */
    public enum ProblemType {
        /** No valid HTTP, or a body that did not arrive. */
        BAD_REQUEST("bad-request", 400, "The request is malformed"),
        /** No token, or a wrong one. */
        UNAUTHORIZED("unauthorized", 401, "The request needs a valid token"),
        /** A web page of another origin asks for a change. */
        CROSS_SITE("cross-site", 403, "The request comes from a page of another site"),
        /** No such path, or nobody of that name. */
        NOT_FOUND("not-found", 404, "The resource does not exist"),
        /** The header Allow says which it knows. */
        METHOD_NOT_ALLOWED("method-not-allowed", 405, "The path does not support this method"),
        /** And alive. */
        ALREADY_REGISTERED("already-registered", 409, "The processor is already registered"),
        /** Registered, or departed and its queue not empty yet. */
        QUEUE_TAKEN("queue-taken", 409, "The queue belongs to another processor"),
        /** Redis holds another type of value under it. */
        QUEUE_UNUSABLE("queue-unusable", 409, "The key of the queue holds something else"),
        /** As many are registered as are allowed. */
        REGISTRY_FULL("registry-full", 409, "No more processors can be registered"),
        /** As many cameras have a policy of their own as may. */
        POLICIES_FULL("policies-full", 409, "No more cameras can have a policy of their own"),
        /** The members {@code capability} and {@code candidates} say for what, and why. */
        NO_PROCESSOR("no-processor", 409, "No processor can take the frame"),
        /** Larger than is allowed. */
        TOO_LARGE("too-large", 413, "The body is too large"),
        /** The host that is asked for is none of ours. */
        MISDIRECTED("misdirected", 421, "The request is meant for another host"),
        /** The member {@code errors} names the fields. */
        INVALID("invalid", 422, "The request is invalid"),
        /** A fault of ours; the log has it. */
        INTERNAL("internal", 500, "The service failed"),
        /** Redis is away, or refuses. */
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

    /** 422, with the fields at fault. */
    public static Problem invalid(List<Decoded.FieldProblem> errors) {
        return new Problem(ProblemType.INVALID, new Decoded.Invalid<>(errors).detail(), errors, Map.of());
    }

    /** 422, for one field. */
    public static Problem invalid(String field, String reason) {
        return invalid(List.of(new Decoded.FieldProblem(field, reason)));
    }

    /**
     * As a problem document.
     *
     * @param instance
     *            the path that was asked for
     * @param requestId
     *            under which the log knows it
     */
    ObjectNode json(String instance, String requestId) {
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
