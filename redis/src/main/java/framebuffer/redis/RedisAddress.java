package framebuffer.redis;

import framebuffer.redis.Sentinels.HostPort;
import framebuffer.wire.Secret;
import framebuffer.wire.tls.TlsFiles;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The address of a Redis, with credentials and timeouts.
 *
 * @param host name or address
 * @param port 1–65535, 6379 by default
 * @param tls whether the scheme is {@code rediss}
 * @param user ACL user; null: the default user
 * @param password never shown; null: none
 * @param database 0 by default
 * @param patience timeouts; not part of a URL
 * @param sentinels sentinels that know the current master; null: none
 * @param cluster the cluster that it belongs to; null: none. Host and port are those of the first sentinel, or of the first named node of
 *     the cluster
 * @param rights rights that are checked on each connection
 * @param tlsFiles certificates and key for TLS; not part of a URL
 */
public record RedisAddress(String host, int port, boolean tls, @Nullable String user, @Nullable Secret password,
        int database, ConnectTimeouts patience, @Nullable Sentinels sentinels, @Nullable ClusterNodes cluster,
        AclRights rights, TlsFiles tlsFiles) {
    // The host holds no @, so the last one ends the password.
    private static final String ENTRY = "(?:(?<user>[^:]*)(?::(?<password>.*))?@)?";
    private static final String HOST = "\\[[0-9a-fA-F:.]+]|[^\\[\\]:,/@?#\\s]+";
    private static final Pattern URL = Pattern.compile("(?:(?<scheme>[a-zA-Z]+)://)?" + ENTRY + "(?<host>" + HOST
            + ")(?::(?<port>\\d{0,5}))?(?:/(?<database>\\d{0,5}))?");
    private static final Pattern SENTINEL_URL = Pattern.compile("(?<scheme>[a-zA-Z]+)\\+[a-zA-Z]+://" + ENTRY
            + "(?<places>[^/@]+)/(?<master>[A-Za-z0-9._-]+)(?:/(?<database>\\d{0,5}))?");
    private static final Pattern CLUSTER_URL = Pattern.compile(
            "(?<scheme>[a-zA-Z]+)\\+[a-zA-Z]+://" + ENTRY + "(?<places>[^/@]+)/?");
    private static final Pattern PLACE = Pattern.compile("(?<host>" + HOST + ")(?::(?<port>\\d{0,5}))?");
    private static final String SCHEMES = "a Redis URL begins with redis:// or rediss://, or with redis+sentinel:// or"
            + " redis+cluster://, or rediss+… for TLS";
    private static final String SENTINEL = "+sentinel://";
    private static final String CLUSTER = "+cluster://";

    /** An address without sentinels or cluster. */
    public RedisAddress(String host, int port, boolean tls, @Nullable String user, @Nullable Secret password,
            int database, ConnectTimeouts patience) {
        this(host, port, tls, user, password, database, patience, null, null, AclRights.NONE, TlsFiles.NONE);
    }

    /** A Redis on this machine without a password. */
    public static RedisAddress local(int port) {
        return new RedisAddress("127.0.0.1", port, false, null, null, 0, ConnectTimeouts.DEFAULT);
    }

    /**
     * Parses {@code redis://[user:password@]host[:port][/database]}, or {@code rediss://…} for TLS. In user and password {@code %} begins a
     * percent-encoding; other characters need no encoding.
     *
     * <p>
     * Or {@code redis+sentinel://[user:password@]host[:port][,host[:port]…]/master-name[/database]}, or {@code rediss+sentinel://…} for TLS
     * to all of them: the hosts are sentinels, on port 26379 by default, which name the master for each connection. User and password are
     * those of Redis; a sentinel receives them only if it requires authentication.
     *
     * <p>
     * Or {@code redis+cluster://[user:password@]host:port[,host:port…]}, or {@code rediss+cluster://…}: some nodes of a Redis Cluster, on
     * port 6379 by default; they name the others.
     *
     * @throws IllegalArgumentException with a message that names the fault and never repeats a password
     */
    public static RedisAddress parse(String url) {
        String scheme = url.substring(0, url.indexOf("://") + 1).toLowerCase(Locale.ROOT);
        if (scheme.endsWith("+sentinel:")) {
            return bySentinels(url);
        }
        if (scheme.endsWith("+cluster:")) {
            return byCluster(url);
        }
        if (scheme.matches("[a-z]+\\+[a-z]+:")) {
            throw new IllegalArgumentException(SCHEMES);
        }
        return direct(url);
    }

    private static RedisAddress direct(String url) {
        Matcher parts = URL.matcher(url);
        if (!parts.matches()) {
            throw new IllegalArgumentException("not a Redis URL; write redis://host:port");
        }
        boolean tls = tls(parts.group("scheme") == null ? "redis" : parts.group("scheme"));
        return new RedisAddress(parts.group("host"), port(parts.group("port"), 6_379), tls,
                decoded(parts.group("user")), password(parts), number(parts.group("database"), 0),
                ConnectTimeouts.DEFAULT);
    }

    private static RedisAddress bySentinels(String url) {
        Matcher parts = SENTINEL_URL.matcher(url);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "not a Redis URL; write redis+sentinel://host:port,host:port/master-name");
        }
        boolean tls = tls(parts.group("scheme"));
        List<HostPort> places = places(parts.group("places"), "sentinel", 26_379);
        return new RedisAddress(places.getFirst().host(), places.getFirst().port(), tls, decoded(parts.group("user")),
                password(parts), number(parts.group("database"), 0), ConnectTimeouts.DEFAULT,
                new Sentinels(places, parts.group("master")), null, AclRights.NONE, TlsFiles.NONE);
    }

    private static RedisAddress byCluster(String url) {
        Matcher parts = CLUSTER_URL.matcher(url);
        if (!parts.matches()) {
            throw new IllegalArgumentException("not a Redis URL; write redis+cluster://host:port,host:port");
        }
        boolean tls = tls(parts.group("scheme"));
        List<HostPort> places = places(parts.group("places"), "node", 6_379);
        return new RedisAddress(places.getFirst().host(), places.getFirst().port(), tls, decoded(parts.group("user")),
                password(parts), 0, ConnectTimeouts.DEFAULT, null, new ClusterNodes(places),
                AclRights.NONE, TlsFiles.NONE);
    }

    private static List<HostPort> places(String list, String what, int otherwise) {
        List<HostPort> places = new ArrayList<>();
        for (String text : list.split(",", -1)) {
            Matcher place = PLACE.matcher(text);
            if (!place.matches()) {
                throw new IllegalArgumentException("each " + what + " of a Redis URL is written host:port");
            }
            places.add(new HostPort(place.group("host"), port(place.group("port"), otherwise)));
        }
        return places;
    }

    private static boolean tls(String scheme) {
        boolean tls = scheme.equalsIgnoreCase("rediss");
        if (!tls && !scheme.equalsIgnoreCase("redis")) {
            throw new IllegalArgumentException(SCHEMES);
        }
        return tls;
    }

    private static int port(@Nullable String digits, int otherwise) {
        int port = number(digits, otherwise);
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("the port of a Redis URL is 1 to 65535");
        }
        return port;
    }

    /** The same Redis with these timeouts. */
    public RedisAddress with(ConnectTimeouts wanted) {
        return new RedisAddress(host, port, tls, user, password, database, wanted, sentinels, cluster, rights,
                tlsFiles);
    }

    /** The same Redis, with these files if its scheme is {@code rediss}. */
    public RedisAddress with(TlsFiles files) {
        return new RedisAddress(host, port, tls, user, password, database, patience, sentinels, cluster, rights, files);
    }

    /** The same Redis, with these rights checked on each connection. */
    public RedisAddress needing(AclRights needed) {
        return new RedisAddress(host, port, tls, user, password, database, patience, sentinels, cluster, needed,
                tlsFiles);
    }

    /** The Redis with this key: a node of the cluster, or this address if there is no cluster. */
    public RedisAddress holding(String key) {
        return cluster == null
                ? this
                : new RedisAddress(host, port, tls, user, password, database, patience, sentinels,
                        cluster.holding(key), rights, tlsFiles);
    }

    private static int number(@Nullable String digits, int otherwise) {
        return digits == null || digits.isEmpty() ? otherwise : Integer.parseInt(digits);
    }

    private static @Nullable Secret password(Matcher parts) {
        String password = decoded(parts.group("password"));
        return password == null ? null : new Secret(password);
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

    /** The Redis at a place that a sentinel or another node named, with the same credentials. */
    RedisAddress at(HostPort hostPort) {
        return new RedisAddress(hostPort.host(), hostPort.port(), tls, user, password, database, patience)
                .with(tlsFiles);
    }

    /** A sentinel, without a database; it receives a password only if it requires one. */
    RedisAddress sentinel(HostPort hostPort, boolean withPassword) {
        return new RedisAddress(hostPort.host(), hostPort.port(), tls, withPassword ? user : null,
                withPassword ? password : null, 0, patience).with(tlsFiles);
    }

    /** The URL without user and password. */
    @Override
    public String toString() {
        String scheme = tls ? "rediss" : "redis";
        if (cluster != null) {
            return scheme + CLUSTER + cluster;
        }
        return (sentinels == null
                ? scheme + "://" + host + ':' + port
                : scheme + SENTINEL + sentinels) + (database == 0 ? "" : "/" + database);
    }

    /**
     * Timeouts and reconnect pauses.
     *
     * @param timeout for a connection, and for the reply to a non-blocking command; 5 s by default
     * @param firstPause before the first attempt to reconnect; 0.1 s by default; doubles with each attempt
     * @param longestPause between two attempts; 5 s by default
     */
    public record ConnectTimeouts(Duration timeout, Duration firstPause, Duration longestPause) {
        public static final ConnectTimeouts DEFAULT = new ConnectTimeouts(Duration.ofSeconds(5), Duration.ofMillis(100),
                Duration.ofSeconds(5));

        /**
         * @throws IllegalArgumentException when the first pause is longer than the longest, or a pause is shorter than 2 ms
         */
        public ConnectTimeouts {
            if (timeout.toMillis() < 2 || firstPause.toMillis() < 2 || longestPause.compareTo(firstPause) < 0) {
                throw new IllegalArgumentException(
                        "a pause of " + firstPause + " cannot grow to one of " + longestPause);
            }
        }
    }
}
