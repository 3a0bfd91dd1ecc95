package framebuffer.orchestrator.api.http;

import java.util.UUID;
import java.util.regex.Pattern;

/** The name under which caller and log speak of one request. */
final class RequestId {
    static final String HEADER = "X-Request-ID";

    private static final Pattern SANE = Pattern.compile("[!-~]{1,128}");

    private RequestId() {
    }

    /** What the caller calls it, if that is 1 to 128 visible ASCII characters; else a new one. */
    static String of(String given) {
        return SANE.matcher(given).matches() ? given : UUID.randomUUID().toString();
    }
}
