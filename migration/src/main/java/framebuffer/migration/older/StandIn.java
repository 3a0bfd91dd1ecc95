package framebuffer.migration.older;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.migration.web.WebServer;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisLoop;
import java.io.IOException;

/**
 * Plays the older service: it reads a stream into memory, and processors poll it. Like that service, it drops new frames when its memory is
 * full, and loses what is in memory when it ends; unlike it, it counts both.
 */
public final class StandIn implements AutoCloseable {
    private static final int BODY_BYTES = 16 << 20;

    private final StandInBuffer buffer;
    private final RedisLoop reader;
    private final WebServer server;

    /**
     * What it reads, and where it listens.
     *
     * @param stream full name of the stream
     * @param group its consumer group on the stream; created from the beginning of the stream
     * @param port 0: any free port
     * @param buffer most frames in memory
     */
    public record StandInSettings(String stream, String group, String host, int port, int buffer) {
    }

    /**
     * What has become of its frames: read + enqueued = handed out + dropped + waiting.
     *
     * @param read from the stream
     * @param enqueued sent by clients
     * @param handedOut given to processors
     * @param dropped because its memory was full
     * @param waiting in memory
     */
    public record StandInCounts(long read, long enqueued, long handedOut, long dropped, int waiting) {
        ObjectNode json() {
            return JsonNodeFactory.instance.objectNode().put("read", read).put("enqueued", enqueued)
                    .put("handed_out", handedOut).put("dropped", dropped).put("waiting", waiting);
        }
    }

    private StandIn(StandInBuffer buffer, RedisLoop reader, WebServer server) {
        this.buffer = buffer;
        this.reader = reader;
        this.server = server;
    }

    /**
     * Starts it; Redis may come later.
     *
     * @throws IOException when it cannot listen there
     */
    public static StandIn start(RedisAddress redis, StandInSettings settings) throws IOException {
        StandInBuffer buffer = new StandInBuffer(settings.buffer());
        RedisLoop reader = new RedisLoop("stand-in", redis,
                new StreamTaker(settings.stream(), settings.group(), buffer));
        WebServer server = WebServer.start(settings.host(), settings.port(), BODY_BYTES,
                new StandInApi(buffer, () -> reader.hasWorked() && reader.trouble() == null));
        return new StandIn(buffer, reader.start(), server);
    }

    public int port() {
        return server.port();
    }

    /** What has become of its frames so far. */
    public StandInCounts counts() {
        return buffer.counts();
    }

    /** Ends it; the frames in memory are lost. */
    @Override
    public void close() {
        reader.stop();
        server.close();
        reader.close();
    }
}
