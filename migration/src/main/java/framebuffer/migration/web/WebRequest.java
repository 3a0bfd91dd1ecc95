package framebuffer.migration.web;

import java.util.List;
import java.util.Optional;

/** A complete request. */
public final class WebRequest {
    private final RequestLine line;
    private final List<WebHeader> headers;
    private final byte[] body;

    /**
     * What a request is for.
     *
     * @param method in upper case
     * @param path as sent, without the query; begins with a slash
     * @param query as sent; empty: none
     * @param peer address of the caller, or of a proxy
     * @param peerIsLocal whether that address is one of loopback
     */
    public record RequestLine(String method, String path, String query, String peer, boolean peerIsLocal) {
        /** Path and query as sent. */
        public String target() {
            return query.isEmpty() ? path : path + "?" + query;
        }
    }

    WebRequest(RequestLine line, List<WebHeader> headers, byte[] body) {
        this.line = line;
        this.headers = List.copyOf(headers);
        this.body = body;
    }

    /** What the request is for. */
    public RequestLine line() {
        return line;
    }

    /** All headers, in order. */
    public List<WebHeader> headers() {
        return headers;
    }

    /** The values of a header, in order. */
    public List<String> headers(String name) {
        return headers.stream().filter(one -> one.is(name)).map(WebHeader::value).toList();
    }

    /** The body; empty: none. Shared, not to be changed. */
    public byte[] body() {
        return body;
    }

    /** The first value of a query parameter that needs no decoding, such as a number. */
    public Optional<String> parameter(String name) {
        for (String one : line.query().split("&", -1)) {
            if (one.startsWith(name + "=")) {
                return Optional.of(one.substring(name.length() + 1));
            }
        }
        return Optional.empty();
    }
}
