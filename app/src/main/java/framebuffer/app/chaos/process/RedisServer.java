package framebuffer.app.chaos.process;

import framebuffer.streams.embedded.EmbeddedRedis;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Redis that can be killed and started again on the same port with the same data. For any thread. */
final class RedisServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RedisServer.class);
    private static final int TRIES = 5;

    private final Path folder;
    private final int port = EmbeddedRedis.freePort();
    private final List<String> options;
    private EmbeddedRedis server;

    /**
     * @param appendfsync
     *            {@code always} or {@code everysec}
     */
    RedisServer(Path folder, String appendfsync) {
        this.folder = folder;
        this.options = List.of("--appendfsync", appendfsync);
        this.server = EmbeddedRedis.start(folder, port, options);
    }

    int port() {
        return port;
    }

    synchronized void kill() {
        server.process().destroyForcibly();
        server.close();
    }

    /** Starts it again, and waits until it has read its data. */
    synchronized void start() {
        for (int i = 1; !server.process().isAlive(); i++) {
            try {
                server = EmbeddedRedis.start(folder, port, options);
            } catch (IllegalStateException e) {
                // Its port may have gone to a connection that is about to end.
                if (i == TRIES) {
                    throw e;
                }
                log.warn("Redis did not start: {}; trying again", e.getMessage());
            }
        }
    }

    synchronized void signal(Signal signal) {
        signal.to(server.process());
    }

    @Override
    public synchronized void close() {
        Signal.CONT.to(server.process());
        server.close();
    }
}
