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

/** A request, as far as resources need to know it. */
public final class Request {
    static final String ID_HEADER = "X-Request-ID";

    private static final Pattern VISIBLE = Pattern.compile("[!-~]{1,128}");

    /** How much of a body that is too large is still read, so that its sender gets to read the answer. */
    private static final int MAX_DISCARDED = 16 << 20;

    /** What every path may be preceded by. */
    static final String PREFIX = "/api/v1";

    private final ServerRequest request;
    private final int maxBody;

    Request(ServerRequest request, int maxBody) {
        this.request = request;
        this.maxBody = maxBody;
    }

    /** The decoded part of the path under this name of the route. */
    public String path(String name) {
        return request.path().pathParameters().get(name);
    }

    /** The first value of a query parameter; empty when there is none, or an empty one. */
    public Optional<String> query(String name) {
        return request.query().all(name, java.util.List::of).stream().findFirst().filter(value -> !value.isEmpty());
    }

    /** The address of whoever called, or of the proxy in between. */
    public String peer() {
        return request.remotePeer().address() instanceof InetSocketAddress peer && peer.getAddress() != null
                ? peer.getAddress().getHostAddress()
                : "";
    }

    /** A header's value, or an empty text. */
    public String header(String name) {
        return header(HeaderNames.create(name)).orElse("");
    }

    /** A path of ours, under the prefix that the caller uses. */
    public String link(String path) {
        return raw().startsWith(PREFIX + "/") ? PREFIX + path : path;
    }

    /**
     * The whole body.
     *
     * @throws RequestRejected
     *             when it is larger than is allowed, or does not arrive
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

    /** The path as it was sent. */
    String raw() {
        return request.path().absolute().rawPath();
    }

    /** All values of a header, each as often as it was sent. */
    List<String> headers(HeaderName name) {
        return request.headers().contains(name) ? request.headers().get(name).allValues() : List.of();
    }

    Optional<String> header(HeaderName name) {
        return request.headers().first(name);
    }

    /** A request that is answered with a problem, from wherever that is noticed. */
    static final class RequestRejected extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient Problem problem;
        private final boolean hangUp;

        /**
         * @param hangUp
         *            whether the rest of what the caller sends makes no sense any more
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
     * Which part of a list is asked for.
     *
     * @param after
     *            those behind this id; empty: from the first
     * @param limit
     *            at most so many
     */
    public record PageRequest(String after, int limit) {
        /** As many are answered at once, also to who does not say. */
        public static final int MOST = 1_000;

        /** What the call asks for in its query: {@code after} and {@code limit}. */
        public static Decoded<PageRequest> of(Request call) {
            String limit = call.query("limit").orElse(Integer.toString(MOST));
            if (!limit.matches("[1-9]\\d{0,3}") || Integer.parseInt(limit) > MOST) {
                return Decoded.invalid("limit", "must be an integer from 1 to " + MOST);
            }
            return new Decoded.Valid<>(new PageRequest(call.query("after").orElse(""), Integer.parseInt(limit)));
        }

        /** That part of all, which are in the order of their ids. */
        public <T> List<T> of(List<T> all, Function<T, String> id) {
            return all.stream().filter(one -> after.isEmpty() || NaturalOrder.NAMES.compare(id.apply(one), after) > 0)
                    .limit(limit).toList();
        }
    }

    /** The name under which caller and log speak of this request: as the caller names it, if by 1 to 128 visible ASCII characters. */
    static String id(String given) {
        return VISIBLE.matcher(given).matches() ? given : UUID.randomUUID().toString();
    }
}
