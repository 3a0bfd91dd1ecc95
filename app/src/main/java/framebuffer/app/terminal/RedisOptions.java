package framebuffer.app.terminal;

import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Essential;
import framebuffer.app.help.OptionGroup;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisAddress.ConnectTimeouts;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import framebuffer.redis.cluster.PartitionCount;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.redis.embedded.CacheFolder;
import framebuffer.redis.embedded.DataFolder;
import framebuffer.wire.Partitioning;
import framebuffer.wire.tls.TlsFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** Options of all commands that use Redis. */
@OptionGroup("Redis")
public final class RedisOptions {
    private static final Logger log = LoggerFactory.getLogger(RedisOptions.class);

    @Essential(description = "Address of Redis, such as redis://host:6379. Default: an embedded one.")
    @Option(names = "--redis-url", paramLabel = "URL", description = "Address of Redis: redis://[user:password@]host:port[/database], or rediss://… for TLS; redis+sentinel://[user:password@]host:port,…/master-name[/database] with the hosts of sentinels; redis+cluster://[user:password@]host:port,… with some nodes of a cluster. "
            + "Default: an embedded one.")
    private @Nullable RedisAddress redisUrl;

    @Option(names = "--pixels-redis-url", paramLabel = "URL", description = "Address of a Redis for the pixels of frames, written like redis-url, but not a cluster. It need not store anything on disk. The same for the service, cameras and detectors. Default: the Redis of the frames.")
    private @Nullable RedisAddress pixelsRedisUrl;

    @Option(names = "--redis-ca", paramLabel = "FILE", description = "PEM file with the certificates of the authorities that may vouch for Redis, with rediss://. Default: those that the JDK trusts.")
    private @Nullable Path redisCa;

    @Option(names = "--redis-cert", paramLabel = "FILE", description = "PEM file with our certificate for Redis, and those of its authorities, with rediss://. Default: none.")
    private @Nullable Path redisCert;

    @Option(names = "--redis-key", paramLabel = "FILE", description = "PEM file with the private key of redis-cert, not encrypted.")
    private @Nullable Path redisKey;

    @Essential
    @Option(names = "--data-dir", paramLabel = "DIR", defaultValue = "./data", description = "Folder of the embedded Redis. Default: ${DEFAULT-VALUE}.")
    private Path dataDir = Path.of("data");

    @Option(names = "--cache-dir", paramLabel = "DIR", description = "Folder for unpacked programs and libraries; must be writable and not mounted noexec. Default: frame-buffer in the user's cache folder.")
    private @Nullable Path cacheDir;

    @Option(names = "--key-prefix", paramLabel = "TEXT", defaultValue = "", description = "Prefix of every key in Redis. Default: none.")
    private String keyPrefix = "";

    @ValueRange(least = "1", most = "256")
    @Option(names = "--partitions", paramLabel = "N", defaultValue = "1", description = "Number of partitions over which cameras are spread; the same for all instances. Cameras, detectors and load read the number from Redis. Default: ${DEFAULT-VALUE}.")
    private int partitions;

    @ValueRange(least = "10ms", most = "1m")
    @Option(names = "--redis-timeout", paramLabel = "TIME", defaultValue = "5s", description = "How long to wait for a connection to Redis, and for each reply. Default: ${DEFAULT-VALUE}.")
    private Duration timeout = ConnectTimeouts.DEFAULT.timeout();

    @ValueRange(least = "10ms", most = "1m")
    @Option(names = "--redis-reconnect-min", paramLabel = "TIME", defaultValue = "100ms", description = "Pause before the first attempt to reconnect to Redis; it doubles with each attempt. Default: ${DEFAULT-VALUE}.")
    private Duration reconnectMin = ConnectTimeouts.DEFAULT.firstPause();

    @ValueRange(least = "10ms", most = "1m")
    @Option(names = "--redis-reconnect-max", paramLabel = "TIME", defaultValue = "5s", description = "Longest pause between two attempts to reconnect to Redis. Default: ${DEFAULT-VALUE}.")
    private Duration reconnectMax = ConnectTimeouts.DEFAULT.longestPause();

    /** How frames are spread over partitions. A single partition outside a cluster has keys without a tag. */
    public Partitioning partitioning() {
        boolean cluster = redisUrl != null && redisUrl.cluster() != null;
        try {
            return cluster || partitions > 1
                    ? Partitioning.tagged(keyPrefix, partitions)
                    : Partitioning.whole(keyPrefix);
        } catch (IllegalArgumentException e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * The partitions on this Redis, for commands that work with a service: the number with which the service was started. During a
     * migration, the service reads what the gate gives it.
     *
     * @throws CannotRun when {@code --partitions} is above 1 and differs from that number
     */
    public PartitionLayout on(RedisAddress address) {
        if (keyPrefix.indexOf('{') >= 0) {
            return PartitionLayout.of(address, partitioning());
        }
        try (RedisConnection redis = RedisConnection.open(address.holding(PartitionCount.where(keyPrefix)))) {
            OptionalInt agreed = PartitionCount.read(redis, keyPrefix);
            if (agreed.isEmpty()) {
                Partitioning given = partitioning();
                boolean gated = !given.tagged() && Replies.number(redis.call("EXISTS", given.keys(0).migration())) == 1;
                return PartitionLayout.of(address, gated ? Partitioning.behindGate(keyPrefix) : given);
            }
            if (partitions > 1 && partitions != agreed.getAsInt()) {
                throw new CannotRun("the frames in this Redis are spread over " + agreed.getAsInt()
                        + " partitions, not " + partitions + ": omit --partitions");
            }
            return PartitionLayout.of(address, Partitioning.tagged(keyPrefix, agreed.getAsInt()));
        } catch (RedisUnavailable | RedisRefused e) {
            if (partitions == 1) {
                String why = "cannot read the number of partitions: " + e.getMessage();
                throw e instanceof RedisRefused refused && !loads(refused)
                        ? new CannotRun(why, e)
                        : new NotReady(why, e);
            }
            log.warn("cannot check that there are {} partitions: {}", partitions, e.getMessage());
            return PartitionLayout.of(address, partitioning());
        }
    }

    /** The prefix of all keys, before the tag of a partition. */
    public String keyPrefix() {
        return keyPrefix;
    }

    public Path dataDir() {
        return dataDir.normalize();
    }

    /** The folder for unpacked programs. */
    public CacheFolder cacheFolder() {
        try {
            return CacheFolder.find(cacheDir, System.getenv());
        } catch (IllegalStateException e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
    }

    /** Sets the folder for unpacked native libraries; call it before the first video is read. */
    public void prepareVideo() {
        System.setProperty("org.bytedeco.javacpp.cachedir", cacheFolder().libraries().toString());
    }

    /** The timeouts of connections to Redis. */
    public ConnectTimeouts patience() {
        if (reconnectMin.compareTo(reconnectMax) > 0) {
            throw new CannotRun("redis-reconnect-min must not be longer than redis-reconnect-max");
        }
        return new ConnectTimeouts(timeout, reconnectMin, reconnectMax);
    }

    /** The Redis for pixels, not connected yet; null: that of the frames. */
    public @Nullable RedisAddress pixels() {
        if (pixelsRedisUrl != null && pixelsRedisUrl.cluster() != null) {
            throw new CannotRun("pixels-redis-url must name one server, or sentinels, not a cluster");
        }
        return pixelsRedisUrl == null ? null : pixelsRedisUrl.with(patience()).with(tlsFiles());
    }

    /** The given address, after a successful connection; null if none was given. */
    public @Nullable RedisAddress given() {
        TlsFiles files = tlsFiles();
        return redisUrl == null ? null : proven(redisUrl.with(patience()).with(files));
    }

    /** The given address, or the address of the embedded Redis of a service on this machine. */
    public RedisAddress givenOrRunning() {
        RedisAddress given = given();
        return given != null
                ? given
                : DataFolder.runningIn(dataDir()).map(running -> running.with(patience()))
                        .orElseThrow(() -> new NotReady("no embedded Redis is running in " + dataDir()
                                + "; start `frame-buffer serve` there first, or set the address of Redis with --redis-url"));
    }

    private TlsFiles tlsFiles() {
        try {
            TlsFiles files = new TlsFiles(redisCa, redisCert, redisKey);
            if (files.isGiven() && !usesTls(redisUrl) && !usesTls(pixelsRedisUrl)) {
                throw new CannotRun(
                        "--redis-ca and --redis-cert need an address with TLS: --redis-url rediss://host:port");
            }
            if (files.isGiven()) {
                files.context();
            }
            return files;
        } catch (IllegalArgumentException e) {
            throw new CannotRun("--redis-cert and --redis-key are given together", e);
        } catch (IOException e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
    }

    private static boolean usesTls(@Nullable RedisAddress address) {
        return address != null && address.tls();
    }

    private static RedisAddress proven(RedisAddress address) {
        try (RedisConnection redis = RedisConnection.open(address)) {
            Object reply = redis.call("PING");
            if (!(reply instanceof byte[] bytes) || !Replies.text(bytes).equals("PONG")) {
                throw new CannotRun("what answers at " + address + " is no Redis: it does not answer PING with PONG");
            }
            return address;
        } catch (RedisUnavailable e) {
            throw new NotReady(e.getMessage() + "; start it, or omit --redis-url to use the embedded Redis", e);
        } catch (RedisRefused e) {
            if (loads(e)) {
                throw new NotReady("Redis at " + address + " is loading its data: " + e.getMessage(), e);
            }
            throw new CannotRun(
                    "Redis at " + address + " refuses the connection: " + e.getMessage() + "; check user and password",
                    e);
        }
    }

    /** Whether Redis is still starting. */
    private static boolean loads(RedisRefused e) {
        return e.code().equals("LOADING");
    }
}
