package framebuffer.trials.chaos.faults;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.FakeClock;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Redis that can be killed and restarted on the same port with the same data. Thread-safe. */
final class RedisServer implements Servers {
    private static final Logger log = LoggerFactory.getLogger(RedisServer.class);
    private static final int TRIES = 5;
    private static final Pattern USED = Pattern.compile("used_memory:(\\d+)");

    private final Path folder;
    private final int port = EmbeddedRedis.freePort();
    private final List<String> options;
    private final @Nullable FakeClock clock;
    private EmbeddedRedis server;

    /**
     * @param appendfsync {@code always} or {@code everysec}
     * @param clock its clock, if it jumps
     */
    RedisServer(Path folder, String appendfsync, @Nullable FakeClock clock) {
        this.folder = folder;
        this.options = List.of("--appendfsync", appendfsync);
        this.clock = clock;
        this.server = start();
    }

    private EmbeddedRedis start() {
        return EmbeddedRedis.start(folder, port, options, clock == null ? null : clock.program());
    }

    @Override
    public RedisAddress address() {
        return RedisAddress.local(port);
    }

    @Override
    public synchronized void kill(int partition) {
        server.process().destroyForcibly();
        server.close();
    }

    @Override
    public synchronized void restart() {
        for (int i = 1; !server.process().isAlive(); i++) {
            try {
                server = start();
            } catch (IllegalStateException e) {
                // A closing connection may still use its port.
                if (i == TRIES) {
                    throw e;
                }
                log.warn("Redis did not start: {}; trying again", e.getMessage());
            }
        }
    }

    @Override
    public synchronized void suspend(int partition) {
        Signal.STOP.to(server.process());
    }

    @Override
    public synchronized void resume() {
        Signal.CONT.to(server.process());
    }

    /** Limits its memory to this percentage of its current usage. */
    void limitMemory(int percent) {
        tell(redis -> {
            Matcher used = USED.matcher(Replies.text(redis.call("INFO", "memory")));
            if (used.find()) {
                redis.call("CONFIG", "SET", "maxmemory", Long.parseLong(used.group(1)) * percent / 100);
            }
        });
    }

    /** Removes the memory limit. */
    void unlimitMemory() {
        tell(redis -> redis.call("CONFIG", "SET", "maxmemory", 0));
    }

    /** Sets its clock this many seconds ahead; negative: behind. */
    void jumpClock(int seconds) {
        if (clock != null) {
            clock.jump(seconds);
        }
    }

    void destroyGroup(String stream, String group) {
        tell(redis -> redis.call("XGROUP", "DESTROY", stream, group));
    }

    private void tell(Consumer<RedisConnection> what) {
        try (RedisConnection redis = RedisConnection.open(address())) {
            what.accept(redis);
        } catch (RedisUnavailable | RedisRefused e) {
            log.info("Redis did not take it: {}", e.getMessage());
        }
    }

    /** Never called: each process has its own link. */
    @Override
    public void cut(int partition) {
        throw new UnsupportedOperationException("links are cut");
    }

    @Override
    public synchronized void close() {
        Signal.CONT.to(server.process());
        server.close();
    }
}
