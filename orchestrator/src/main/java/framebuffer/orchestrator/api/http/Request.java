package framebuffer.orchestrator.api.http;

import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.NaturalOrder;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;

/** A request as resources see it. */
public final class Request {
    static final String ID_HEADER = "X-Request-ID";

    private static final Pattern VISIBLE = Pattern.compile("[!-~]{1,128}");

    /** Most bytes of a too large body that are discarded, so that the sender can read the response. */
    private static final int MAX_DISCARDED = 16 << 20;

    /** Optional prefix of all paths. */
    static final String PREFIX = "/api/v1";

    private final ServerRequest request;
    private final int maxBody;

    Request(ServerRequest request, int maxBody) {
        this.request = request;
        this.maxBody = maxBody;
    }

    /** The decoded path parameter of this name. */
    public String path(String name) {
        return request.path().pathParameters().get(name);
    }

    /** The first value of a query parameter; empty when it is missing or empty. */
    public Optional<String> query(String name) {
        return request.query().all(name, java.util.List::of).stream().findFirst().filter(value -> !value.isEmpty());
    }

    /** The address of the caller, or of a proxy. */
    public String peer() {
        return request.remotePeer().address() instanceof InetSocketAddress peer && peer.getAddress() != null
                ? peer.getAddress().getHostAddress()
                : "";
    }

    /** The value of a header; empty text when it is missing. */
    public String header(String name) {
        return header(HeaderNames.create(name)).orElse("");
    }

    /** A link to a path of the service, with the prefix of this request. */
    public String link(String path) {
        return raw().startsWith(PREFIX + "/") ? PREFIX + path : path;
    }

    /**
     * The whole body.
     *
     * @throws RequestRejected when it is too large, or incomplete
     */
    public byte[] body() {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        try (InputStream in = request.content().inputStream()) {
            byte[] body = in.readNBytes(maxBody + 1);
            if (body.length <= maxBody) {
                return body;
            }
            discard(in);
        } catch (IOException | RuntimeException e) {
            throw new RequestRejected(new Problem(Problem.ProblemType.BAD_REQUEST, "The body is incomplete"),
                    true);
        }
        throw new RequestRejected(
                new Problem(Problem.ProblemType.TOO_LARGE, "The body is larger than " + maxBody + " bytes"), true);
    }

    private static void discard(InputStream in) throws IOException {
        byte[] nothing = new byte[1 << 16];
        int left = MAX_DISCARDED;
        for (int read = in.read(nothing); read >= 0 && left > 0; read = in.read(nothing)) {
            left -= read;
        }
    }

    String method() {
        return request.prologue().method().text();
    }

    /** The path as sent. */
    String raw() {
        return request.path().absolute().rawPath();
    }

    /** All values of a header. */
    List<String> headers(HeaderName name) {
        return request.headers().contains(name) ? request.headers().get(name).allValues() : List.of();
    }

    Optional<String> header(HeaderName name) {
        return request.headers().first(name);
    }

    /** Ends a request with a problem. */
    static final class RequestRejected extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient Problem problem;
        private final boolean hangUp;

        /**
         * @param hangUp whether to close the connection, because the rest of the input is useless
         */
        RequestRejected(Problem problem, boolean hangUp) {
            super(problem.detail(), null, false, false);
            this.problem = problem;
            this.hangUp = hangUp;
        }

        Problem problem() {
            return problem;
        }

        boolean hangUp() {
            return hangUp;
        }
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
            String limit = call.query("limit").orElse(Integer.toString(MOST));
            if (!limit.matches("[1-9]\\d{0,3}") || Integer.parseInt(limit) > MOST) {
                return Decoded.invalid("limit", "must be an integer from 1 to " + MOST);
            }
            return new Decoded.Valid<>(new PageRequest(call.query("after").orElse(""), Integer.parseInt(limit)));
        }

        /** The page of {@code all}, which are ordered by id. */
        public <T> List<T> of(List<T> all, Function<T, String> id) {
            return all.stream().filter(one -> after.isEmpty() || NaturalOrder.NAMES.compare(id.apply(one), after) > 0)
                    .limit(limit).toList();
        }
    }

    /** The request id for caller and log: the caller's own if it has 1 to 128 visible ASCII characters. */
    static String id(String given) {
        return VISIBLE.matcher(given).matches() ? given : UUID.randomUUID().toString();
    }
}
