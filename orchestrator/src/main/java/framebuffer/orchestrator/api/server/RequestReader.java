package framebuffer.orchestrator.api.server;

import framebuffer.orchestrator.api.http.Problem;
import framebuffer.orchestrator.api.http.Problem.ProblemType;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/** Reads the parts of a request. */
final class RequestReader {
    static final String ID_HEADER = "X-Request-ID";

    private static final Pattern VISIBLE = Pattern.compile("[!-~]{1,128}");
    private static final int MOST_PARAMETERS = 32;
    /** Most bytes of a too large body that are discarded, so that the sender can read the response. */
    private static final int MAX_DISCARDED = 16 << 20;

    private final Request request;
    private final String id;

    RequestReader(Request request) {
        this.request = request;
        String given = request.getHeaders().get(ID_HEADER);
        this.id = given != null && VISIBLE.matcher(given).matches() ? given : UUID.randomUUID().toString();
    }

    /** The request id for caller and log: the caller's own if it has 1 to 128 visible ASCII characters. */
    String id() {
        return id;
    }

    String method() {
        return request.getMethod();
    }

    /** The path as sent. */
    String path() {
        String path = request.getHttpURI().getPath();
        return path == null ? "" : path;
    }

    /** The address of the caller, or of a proxy; empty: unknown. */
    String peer() {
        return request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress peer
                && peer.getAddress() != null ? peer.getAddress().getHostAddress() : "";
    }

    /** All values of each header. */
    Map<String, List<String>> headers() {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(request.getHeaders().stream()
                .collect(Collectors.groupingBy(field -> field.getName().toLowerCase(Locale.ROOT),
                        Collectors.mapping(RequestReader::value, Collectors.toList()))));
        return headers;
    }

    private static String value(HttpField field) {
        String value = field.getValue();
        return value == null ? "" : value;
    }

    /**
     * The first value of each query parameter.
     *
     * @throws RequestRejected when the query cannot be decoded, or has too many parameters
     */
    Map<String, String> queries() {
        String query = request.getHttpURI().getQuery();
        Map<String, String> first = new TreeMap<>();
        if (query == null || query.isEmpty()) {
            return first;
        }
        String[] parameters = query.split("&", MOST_PARAMETERS + 1);
        if (parameters.length > MOST_PARAMETERS) {
            throw new RequestRejected(new Problem(ProblemType.BAD_REQUEST,
                    "The query has more than " + MOST_PARAMETERS + " parameters"));
        }
        for (String parameter : parameters) {
            int equals = parameter.indexOf('=');
            String name = PercentEncoding.decode(equals < 0 ? parameter : parameter.substring(0, equals), true);
            String value = PercentEncoding.decode(equals < 0 ? "" : parameter.substring(equals + 1), true);
            if (name == null || value == null) {
                throw new RequestRejected(new Problem(ProblemType.BAD_REQUEST,
                        "The query is not UTF-8 with valid percent-encoding"));
            }
            first.putIfAbsent(name, value);
        }
        return first;
    }

    /**
     * Reads the body.
     *
     * @param most bytes
     * @param memory what the large bodies of all callers share
     * @throws RequestRejected when it is larger, or incomplete, or others take the memory
     */
    byte[] body(int most, MemoryBudget.Share memory) {
        if (request.getLength() == 0) {
            return new byte[0];
        }
        try (InputStream in = Content.Source.asInputStream(request)) {
            byte[] body = in.readNBytes(Math.min(most + 1, MemoryBudget.FREE));
            if (body.length == MemoryBudget.FREE) {
                body = withRest(body, in, most, memory);
            }
            if (body.length <= most) {
                return body;
            }
            discard(in);
        } catch (IOException e) {
            throw new RequestRejected(new Problem(ProblemType.BAD_REQUEST, "The body is incomplete"));
        }
        throw new RequestRejected(
                new Problem(ProblemType.TOO_LARGE, "The body is larger than " + most + " bytes"));
    }

    /**
     * Reads the small body of a refused request, so that the next request can follow. Returns false if the body is large or incomplete: then
     * the connection must end.
     */
    boolean skipBody() {
        if (request.getLength() == 0) {
            return true;
        }
        if (request.getLength() > MemoryBudget.FREE) {
            return false;
        }
        try (InputStream in = Content.Source.asInputStream(request)) {
            return in.readNBytes(MemoryBudget.FREE + 1).length <= MemoryBudget.FREE;
        } catch (IOException e) {
            return false;
        }
    }

    private byte[] withRest(byte[] first, InputStream in, int most, MemoryBudget.Share memory) throws IOException {
        long length = request.getLength();
        int expected = length < 0 ? most : (int) Math.min(length, most);
        if (!memory.take(expected)) {
            throw new RequestRejected(new Problem(ProblemType.UNAVAILABLE,
                    "The service receives too many large requests at once", List.of(), Map.of("Retry-After", "1")));
        }
        // One byte more shows whether it is too large.
        byte[] body = Arrays.copyOf(first, expected + 1);
        return Arrays.copyOf(body, first.length + in.readNBytes(body, first.length, body.length - first.length));
    }

    private static void discard(InputStream in) throws IOException {
        byte[] nothing = new byte[1 << 16];
        int left = MAX_DISCARDED;
        for (int read = in.read(nothing); read >= 0 && left > 0; read = in.read(nothing)) {
            left -= read;
        }
    }
}
