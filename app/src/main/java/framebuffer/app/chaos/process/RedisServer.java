package framebuffer.app.chaos.process;

import framebuffer.streams.RedisAddress;
import framebuffer.streams.embedded.EmbeddedRedis;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Redis that can be killed and started again on the same port with the same data. For any thread. */
final class RedisServer implements Servers {
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

    @Override
    public synchronized void suspend(int partition) {
        Signal.STOP.to(server.process());
    }

    @Override
    public synchronized void resume() {
        Signal.CONT.to(server.process());
    }

    /** Never asked for: each process has a link of its own to it. */
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
