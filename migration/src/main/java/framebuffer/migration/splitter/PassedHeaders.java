package framebuffer.migration.splitter;

import framebuffer.migration.web.WebHeader;
import framebuffer.migration.web.WebRequest;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which headers the proxy passes on: all that are not about one connection only. Each of its messages has a length of its own. */
final class PassedHeaders {
    private static final String FORWARDED_FOR = "X-Forwarded-For";
    private static final Set<String> OF_THE_CONNECTION = Set.of("connection", "keep-alive", "proxy-connection",
            "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade",
            "http2-settings", "content-length", "expect", "host");

    private PassedHeaders() {
    }

    /** The headers for a side, with the address of the client. */
    static List<WebHeader> of(WebRequest request) {
        Set<String> dropped = dropped(request.headers("Connection"));
        List<WebHeader> passed = new ArrayList<>(request.headers().stream()
                .filter(one -> !dropped.contains(one.name().toLowerCase(Locale.ROOT)) && !one.is(FORWARDED_FOR))
                .toList());
        passed.add(new WebHeader(FORWARDED_FOR, Stream.concat(request.headers(FORWARDED_FOR).stream(),
                Stream.of(request.line().peer())).collect(Collectors.joining(", "))));
        return passed;
    }

    /** The headers for the client. */
    static List<WebHeader> of(HttpHeaders answer) {
        Set<String> dropped = dropped(answer.allValues("Connection"));
        return answer.map().entrySet().stream()
                .filter(one -> !dropped.contains(one.getKey().toLowerCase(Locale.ROOT))
                        && !one.getKey().startsWith(":"))
                .flatMap(one -> one.getValue().stream().map(value -> new WebHeader(one.getKey(), value))).toList();
    }

    /** A connection may name further headers of its own. */
    private static Set<String> dropped(List<String> connection) {
        Set<String> dropped = new TreeSet<>(OF_THE_CONNECTION);
        connection.stream().flatMap(line -> Arrays.stream(line.split(",", -1)))
                .forEach(name -> dropped.add(name.strip().toLowerCase(Locale.ROOT)));
        return dropped;
    }
}
