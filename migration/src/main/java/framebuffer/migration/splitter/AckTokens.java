package framebuffer.migration.splitter;

import framebuffer.migration.web.WebAnswer;
import framebuffer.migration.web.WebRequest;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Knows which requests acknowledge frames of the new side, so that they go there: those with its token, and those with a cookie that it
 * gave and has not received yet. The old side has neither. A cookie counts once, because clients keep sending it. Thread-safe.
 */
final class AckTokens {
    private static final String TOKEN = "X-Ack-Token";
    /** Beyond it, the cookie that was given first is forgotten; its frames come back to the new side in time. */
    private static final int MOST_COOKIES = 10_000;
    private static final int LONGEST_COOKIE = 4_096;

    private final Set<String> given = new LinkedHashSet<>();

    /** Whether the request acknowledges frames of the new side. */
    synchronized boolean isIn(WebRequest request) {
        return !request.headers(TOKEN).isEmpty() || cookies(request).anyMatch(given::contains);
    }

    /** The new side has received this request and answered. */
    synchronized void answered(WebRequest request, WebAnswer answer) {
        cookies(request).forEach(given::remove);
        answer.headers().stream().filter(header -> header.is("Set-Cookie"))
                .map(header -> header.value().split(";", 2)[0].strip())
                .filter(cookie -> cookie.length() <= LONGEST_COOKIE && !cookie.endsWith("="))
                .forEach(given::add);
        while (given.size() > MOST_COOKIES) {
            given.remove(given.iterator().next());
        }
    }

    private static Stream<String> cookies(WebRequest request) {
        List<String> lines = request.headers("Cookie");
        return lines.stream().flatMap(line -> Arrays.stream(line.split(";", -1))).map(String::strip);
    }
}
