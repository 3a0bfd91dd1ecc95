package framebuffer.streams;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Where a Redis is and how to enter it.
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
 */
public record RedisAddress(String host, int port, boolean tls, @Nullable String user, @Nullable String password,
        int database) {

    /** A Redis on this machine without a password. */
    public static RedisAddress local(int port) {
        return new RedisAddress("127.0.0.1", port, false, null, null, 0);
    }

    /**
     * Reads {@code redis://[user:password@]host[:port][/database]}, or {@code rediss://…} for TLS.
     *
     * @throws IllegalArgumentException
     *             with a message that says what is wrong and never repeats a password
     */
    public static RedisAddress parse(String url) {
        try {
            URI uri = new URI(url.contains("://") ? url : "redis://" + url);
            boolean tls = "rediss".equals(uri.getScheme());
            if (!tls && !"redis".equals(uri.getScheme())) {
                throw new IllegalArgumentException("a Redis URL begins with redis:// or rediss://");
            }
            if (uri.getHost() == null) {
                throw new IllegalArgumentException("no host in the Redis URL; write redis://host:port");
            }
            String[] login = uri.getRawUserInfo() == null
                    ? new String[]{"", ""}
                    : (uri.getRawUserInfo() + ":").split(":", 3);
            return new RedisAddress(uri.getHost(), uri.getPort() < 0 ? 6379 : uri.getPort(), tls, decoded(login[0]),
                    decoded(login[1]), database(uri.getPath()));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not a Redis URL; write redis://host:port", e);
        }
    }

    private static @Nullable String decoded(String part) {
        return part.isEmpty() ? null : URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static int database(@Nullable String path) {
        if (path == null || path.length() < 2) {
            return 0;
        }
        try {
            return Integer.parseUnsignedInt(path.substring(1));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("the path of a Redis URL is the number of a database", e);
        }
    }

    /** The URL without user and password. */
    @Override
    public String toString() {
        return (tls ? "rediss://" : "redis://") + host + ':' + port + (database == 0 ? "" : "/" + database);
    }
}
