package framebuffer.trials.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.wire.Keys;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForeignProcessorTest {
    private static final String QUEUE = Keys.DEFAULT.queue(Keys.READY + "stranger");

    @TempDir
    private Path folder;
    private final List<String> calls = new CopyOnWriteArrayList<>();

    @Test
    void itAnswersDeletesAndAcknowledgesAtOnceAndLeavesWhatFails() throws Exception {
        HttpServer service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
        service.createContext("/", exchange -> {
            calls.add(exchange.getRequestURI().getPath());
            exchange.sendResponseHeaders(201, -1);
            exchange.close();
        });
        service.start();
        ForeignProcessor processor = new ForeignProcessor(
                new ForeignProcessor.Self("stranger", 10, 2, Duration.ofMillis(100)),
                "http://127.0.0.1:" + service.getAddress().getPort(), frame -> {
                    if ("poison".equals(frame.text("frame_id"))) {
                        throw new IllegalStateException("this frame is poison");
                    }
                    return true;
                });
        try (EmbeddedRedis server = EmbeddedRedis.start(folder);
                RedisConnection redis = RedisConnection.open(server.address())) {
            for (String frame : List.of("poison", "plain")) {
                redis.call("XADD", QUEUE, "*", "frame_id", frame, "camera_id", "cam", "attempt", "1");
            }
            Thread running = Thread.ofVirtual().start(() -> run(processor, server));
            Await.until("it registers, and says later that it lives", () -> calls.contains("/processors/heartbeat"));
            Await.until("there is a result",
                    () -> Replies.number(redis.call("XLEN", Keys.DEFAULT.results())) == 1);
            assertThat(frames(redis, Keys.DEFAULT.results())).containsExactly("plain");
            assertThat(frames(redis, QUEUE)).containsExactly("poison");
            assertThat(calls).startsWith("/processors/register");
            running.interrupt();
            running.join();
        } finally {
            service.stop(0);
        }
    }

    private static List<String> frames(RedisConnection redis, String stream) {
        return Replies.entries(redis.call("XRANGE", stream, "-", "+")).stream().map(StreamEntry::fields)
                .map(fields -> String.valueOf(fields == null ? null : fields.text("frame_id"))).toList();
    }

    private static void run(ForeignProcessor processor, EmbeddedRedis server) {
        try {
            processor.run(server.address());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
