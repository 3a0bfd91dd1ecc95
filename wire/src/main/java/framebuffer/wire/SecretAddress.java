package framebuffer.wire;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An address that may contain user and password, or a token in its path or query. It prints as scheme and host; every part that could be a
 * secret is masked.
 */
public final class SecretAddress {
    private static final String HIDDEN = "…";
    /** The authority ends where a URL parser ends it, so a password with one of these characters is partly in the path or query. */
    private static final Pattern PARTS = Pattern
            .compile("(?s)(?<scheme>[A-Za-z][A-Za-z0-9+.-]*://)(?<authority>[^/?#]*)(?<path>[^?#]*)(?<rest>.*)");

    private final String text;

    public SecretAddress(String text) {
        this.text = text;
    }

    /** The address itself, for connecting. */
    public String reveal() {
        return text;
    }

    /**
     * Scheme, host and path, for addresses whose path is not secret: {@code rtsp://…@camera/1?…}. Masks the query, and path segments from
     * the first with {@code =}.
     */
    public String withPath() {
        Matcher parts = PARTS.matcher(text);
        if (!parts.matches() || ambiguous(parts)) {
            return toString();
        }
        String path = parts.group("path").replaceFirst("(?s)/[^/]*[=&;].*", "/" + HIDDEN);
        return origin(parts) + path + (parts.group("rest").isEmpty() ? "" : "?" + HIDDEN);
    }

    /** Scheme and host: {@code https://hooks.example/…}. */
    @Override
    public String toString() {
        Matcher parts = PARTS.matcher(text);
        if (!parts.matches()) {
            return HIDDEN;
        }
        if (ambiguous(parts)) {
            return parts.group("scheme") + HIDDEN;
        }
        boolean more = (parts.group("path") + parts.group("rest")).length() > 1;
        return origin(parts) + (more ? "/" + HIDDEN : "");
    }

    private static String origin(Matcher parts) {
        String authority = parts.group("authority");
        int at = authority.lastIndexOf('@');
        return parts.group("scheme") + (at < 0 ? "" : HIDDEN) + authority.substring(Math.max(0, at));
    }

    /** An @ after the host may be the end of a password. */
    private static boolean ambiguous(Matcher parts) {
        return (parts.group("path") + parts.group("rest")).contains("@");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SecretAddress address && text.equals(address.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }
}
