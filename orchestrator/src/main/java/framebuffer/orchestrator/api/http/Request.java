package framebuffer.orchestrator.api.http;

import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.FieldReader;
import framebuffer.wire.text.NaturalOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A request as resources see it. */
public final class Request {
    /** Optional prefix of all paths. */
    public static final String PREFIX = "/api/v1";

    private final RequestHeader head;
    private final byte[] body;

    /**
     * What comes before the body.
     *
     * @param method in upper case
     * @param path as sent, without the query
     * @param parameters the decoded parameters of the path
     * @param queries the first value of each query parameter, decoded
     * @param headers all values of each header; the map ignores the case of names
     * @param peer address of the caller, or of a proxy
     * @param caller whom the token names
     */
    public record RequestHeader(String method, String path, Map<String, String> parameters, Map<String, String> queries,
            Map<String, List<String>> headers, String peer, Caller caller) {

        /** All values of a header. */
        public List<String> headers(String name) {
            return headers.getOrDefault(name, List.of());
        }

        /** The first value of a header; empty text when it is missing. */
        public String header(String name) {
            return headers(name).stream().findFirst().orElse("");
        }
    }

    public Request(RequestHeader head, byte[] body) {
        this.head = head;
        this.body = body;
    }

    /** Whom the token names. */
    public Caller caller() {
        return head.caller();
    }

    /**
     * The decoded path parameter of this name.
     *
     * @throws IllegalArgumentException when the route has none
     */
    public String path(String name) {
        String value = head.parameters().get(name);
        if (value == null) {
            throw new IllegalArgumentException("the path has no parameter " + name);
        }
        return value;
    }

    /** The first value of a query parameter; empty when it is missing or empty. */
    public Optional<String> query(String name) {
        return Optional.ofNullable(head.queries().get(name)).filter(value -> !value.isEmpty());
    }

    /** A moment in a query parameter; null: it is missing, or the reader gets a problem. */
    public @Nullable Instant moment(String name, FieldReader reader) {
        return reader.moment(name, query(name).map(text -> text.getBytes(StandardCharsets.UTF_8)).orElse(null));
    }

    /** The query parameter {@code limit}; 1 if the reader gets a problem. */
    public int limit(int usual, FieldReader reader) {
        String text = query("limit").orElse(Integer.toString(usual));
        if (text.matches("[1-9][0-9]{0,3}") && Integer.parseInt(text) <= PageRequest.MOST) {
            return Integer.parseInt(text);
        }
        reader.problem("limit", "must be an integer from 1 to " + PageRequest.MOST);
        return 1;
    }

    /** The address of the caller, or of a proxy. */
    public String peer() {
        return head.peer();
    }

    /** The first value of a header; empty text when it is missing. */
    public String header(String name) {
        return head.header(name);
    }

    /** A link to a path of the service, with the prefix of this request. */
    public String link(String path) {
        return head.path().startsWith(PREFIX + "/") ? PREFIX + path : path;
    }

    /** The whole body. */
    public byte[] body() {
        return body;
    }

    /**
     * A page of a list.
     *
     * @param after only items behind this id; empty: from the first
     * @param limit most items
     */
    public record PageRequest(String after, int limit) {
        /** Largest and default limit. */
        public static final int MOST = 1_000;

        /** Decodes the query parameters {@code after} and {@code limit}. */
        public static Decoded<PageRequest> of(Request call) {
            FieldReader reader = new FieldReader();
            return Decoded.of(new PageRequest(call.query("after").orElse(""), call.limit(MOST, reader)),
                    reader.problems());
        }

        /** The page of {@code all}, which are ordered by id. */
        public <T> List<T> of(List<T> all, Function<T, String> id) {
            return all.stream().filter(one -> after.isEmpty() || NaturalOrder.NAMES.compare(id.apply(one), after) > 0)
                    .limit(limit).toList();
        }
    }
}
