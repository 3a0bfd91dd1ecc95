package framebuffer.app.settings;

import framebuffer.app.keys.Secret;
import framebuffer.app.keys.Within;
import framebuffer.streams.Patience;
import framebuffer.streams.RedisAddress;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisRefused;
import framebuffer.streams.RedisUnavailable;
import framebuffer.streams.embedded.DataFolder;
import framebuffer.wire.Keys;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which Redis to use: what every command that talks to one has in common. */
public final class RedisOptions {
    @Secret
    @Option(names = "--redis-url", paramLabel = "URL", description = "Redis to use, as redis://[user:password@]host:port[/database] or rediss://… for TLS; or redis+sentinel://[user:password@]host:port,…/master-name[/database], whose hosts are sentinels. "
            + "Default: an embedded one.")
    private @Nullable RedisAddress redisUrl;

    @Option(names = "--data-dir", paramLabel = "DIR", defaultValue = "./data", description = "Folder of the embedded Redis. Default: ${DEFAULT-VALUE}.")
    private Path dataDir = Path.of("data");

    @Option(names = "--key-prefix", paramLabel = "TEXT", defaultValue = "", description = "Put in front of every key in Redis. Default: none.")
    private String keyPrefix = "";

    @Within(least = "10ms", most = "1m")
    @Option(names = "--redis-timeout", paramLabel = "TIME", defaultValue = "5s", description = "How long to wait for a connection to Redis, and for a reply. Default: ${DEFAULT-VALUE}.")
    private Duration timeout = Patience.DEFAULT.timeout();

    @Within(least = "10ms", most = "1m")
    @Option(names = "--redis-reconnect-min", paramLabel = "TIME", defaultValue = "100ms", description = "Pause before the first try to connect to Redis again; it doubles with each. Default: ${DEFAULT-VALUE}.")
    private Duration reconnectMin = Patience.DEFAULT.firstPause();

    @Within(least = "10ms", most = "1m")
    @Option(names = "--redis-reconnect-max", paramLabel = "TIME", defaultValue = "5s", description = "Longest pause between two tries to connect to Redis again. Default: ${DEFAULT-VALUE}.")
    private Duration reconnectMax = Patience.DEFAULT.longestPause();

    public Keys keys() {
        return new Keys(keyPrefix);
    }

    public Path dataDir() {
        return dataDir.normalize();
    }

    /** How long to wait for it. */
    public Patience patience() {
        if (reconnectMin.compareTo(reconnectMax) > 0) {
            throw new Unusable("redis-reconnect-min must not be longer than redis-reconnect-max");
        }
        return new Patience(timeout, reconnectMin, reconnectMax);
    }

    /** The address that was given, proven to answer; null when none was given. */
    public @Nullable RedisAddress given() {
        return redisUrl == null ? null : proven(redisUrl.with(patience()));
    }

    /** The address that was given, or that of the embedded Redis of a service running on this machine. */
    public RedisAddress givenOrRunning() {
        RedisAddress given = given();
        return given != null
                ? given
                : DataFolder.runningIn(dataDir()).map(running -> running.with(patience()))
                        .orElseThrow(() -> new Unusable("no embedded Redis is running in " + dataDir()
                                + "; start `frame-buffer serve` there first, or say where Redis is with --redis-url"));
    }

    private static RedisAddress proven(RedisAddress address) {
        try (RedisConnection redis = RedisConnection.open(address)) {
            redis.call("PING");
            return address;
        } catch (RedisUnavailable e) {
            throw new Unusable(e.getMessage() + "; start it, or leave --redis-url away to use the embedded one", e);
        } catch (RedisRefused e) {
            throw new Unusable("Redis at " + address + " refuses: " + e.getMessage() + "; check user and password", e);
        }
    }
}
