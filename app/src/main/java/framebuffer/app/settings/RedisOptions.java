package framebuffer.app.settings;

import framebuffer.streams.RedisAddress;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisRefused;
import framebuffer.streams.RedisUnavailable;
import framebuffer.streams.embedded.DataFolder;
import framebuffer.wire.Keys;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which Redis to use: what every command that talks to one has in common. */
public final class RedisOptions {
    @Option(names = "--redis-url", paramLabel = "URL", description = "Redis to use, as redis://[user:password@]host:port[/database] or rediss://… for TLS. "
            + "Default: an embedded one.")
    private @Nullable String redisUrl;

    @Option(names = "--data-dir", paramLabel = "DIR", defaultValue = "./data", description = "Folder of the embedded Redis. Default: ${DEFAULT-VALUE}.")
    private Path dataDir = Path.of("data");

    @Option(names = "--key-prefix", paramLabel = "TEXT", defaultValue = "", description = "Put in front of every key in Redis. Default: none.")
    private String keyPrefix = "";

    public Keys keys() {
        return new Keys(keyPrefix);
    }

    public Path dataDir() {
        return dataDir.normalize();
    }

    /** The address that was given, proven to answer; null when none was given. */
    public @Nullable RedisAddress given() {
        if (redisUrl == null) {
            return null;
        }
        try {
            return proven(RedisAddress.parse(redisUrl));
        } catch (IllegalArgumentException e) {
            throw new Unusable("--redis-url: " + e.getMessage(), e);
        }
    }

    /** The address that was given, or that of the embedded Redis of a service running on this machine. */
    public RedisAddress givenOrRunning() {
        RedisAddress given = given();
        return given != null
                ? given
                : DataFolder.runningIn(dataDir()).orElseThrow(() -> new Unusable("no embedded Redis is running in "
                        + dataDir()
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
