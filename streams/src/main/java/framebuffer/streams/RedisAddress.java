package framebuffer.streams;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a Redis is, how to enter it, and how long to wait for it.
 *
 * @param host
 *            name or address
 * @param port
 *            1–65535, 6379 by default
 * @param tls
 *            whether the URL began with {@code rediss}
 * @param user
 *            ACL user; null: the default user
 * @param password
 *            never shown; null: none
 * @param database
 *            0 by default
 * @param patience
 *            no part of a URL
 */
public record RedisAddress(String host, int port, boolean tls, @Nullable String user, @Nullable String password,
        int database, Patience patience) {
    // The host holds no @, so the last one ends the password.
    private static final Pattern URL = Pattern.compile("(?:(?<scheme>[a-zA-Z]+)://)?"
            + "(?:(?<user>[^:]*)(?::(?<password>.*))?@)?"
            + "(?<host>\\[[0-9a-fA-F:.]+]|[^\\[\\]:/@?#\\s]+)(?::(?<port>\\d{0,5}))?(?:/(?<database>\\d{0,5}))?");

    /** A Redis on this machine without a password. */
    public static RedisAddress local(int port) {
        return new RedisAddress("127.0.0.1", port, false, null, null, 0, Patience.DEFAULT);
    }

    /**
     * Reads {@code redis://[user:password@]host[:port][/database]}, or {@code rediss://…} for TLS. In user and password
     * {@code %} begins a percent-encoding; any other character may stand for itself.
     *
     * @throws IllegalArgumentException
     *             with a message that says what is wrong and never repeats a password
     */
    public static RedisAddress parse(String url) {
        Matcher parts = URL.matcher(url);
        if (!parts.matches()) {
            throw new IllegalArgumentException("not a Redis URL; write redis://host:port");
        }
        String scheme = parts.group("scheme") == null ? "redis" : parts.group("scheme").toLowerCase(Locale.ROOT);
        boolean tls = scheme.equals("rediss");
        if (!tls && !scheme.equals("redis")) {
            throw new IllegalArgumentException("a Redis URL begins with redis:// or rediss://");
        }
        int port = number(parts.group("port"), 6379);
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("the port of a Redis URL is 1 to 65535");
        }
        return new RedisAddress(parts.group("host"), port, tls, decoded(parts.group("user")),
                decoded(parts.group("password")), number(parts.group("database"), 0), Patience.DEFAULT);
    }

    /** The same Redis, waited for in this way. */
    public RedisAddress with(Patience wanted) {
        return new RedisAddress(host, port, tls, user, password, database, wanted);
    }

    private static int number(@Nullable String digits, int otherwise) {
        return digits == null || digits.isEmpty() ? otherwise : Integer.parseInt(digits);
    }

    private static @Nullable String decoded(@Nullable String part) {
        if (part == null || part.isEmpty()) {
            return null;
        }
        try {
            return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            // Its message quotes the password.
            throw new IllegalArgumentException("a % in user or password of a Redis URL is written %25");
        }
    }

    /** The URL without user and password. */
    @Override
    public String toString() {
        return (tls ? "rediss://" : "redis://") + host + ':' + port + (database == 0 ? "" : "/" + database);
    }
}
