package framebuffer.client;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.client.fixture.QueueInRedis;
import framebuffer.client.fixture.RecordingOrchestrator;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.testkit.FaultProxy;
import framebuffer.wire.text.Fields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PixelsTest {
    private static EmbeddedRedis redis;

    private QueueInRedis queue;
    private RecordingOrchestrator orchestrator;

    @BeforeAll
    static void startRedis(@TempDir Path folder) {
        redis = EmbeddedRedis.start(folder);
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @BeforeEach
    void begin() throws IOException {
        queue = new QueueInRedis(redis.address());
        orchestrator = new RecordingOrchestrator();
    }

    @AfterEach
    void end() {
        orchestrator.close();
        queue.close();
    }

    @Test
    void areFoundWhereTheFrameHasThem() throws Exception {
        queue.call("SET", "frame:f-3", "by id");
        queue.call("SET", "elsewhere", "by name");
        queue.add("f-1", "data", "inline");
        queue.add("f-2", "image_data", "also inline");
        queue.add("f-3");
        queue.add("f-4", "frame_buffer_key", "elsewhere");
        try (Processor _ = echo(redis.address()).start()) {
            queue.awaitResults(4);
        }
        assertThat(queue.results()).extracting(result -> result.text("result")).containsExactly("\"inline\"",
                "\"also inline\"", "\"by id\"", "\"by name\"");
    }

    @Test
    void aFrameWithoutThemIsRejected() throws Exception {
        queue.add("f-1");
        try (Processor _ = echo(redis.address()).start()) {
            Fields returned = queue.awaitReturned();
            assertThat(returned.text("return_kind")).isEqualTo("rejected");
            assertThat(returned.text("return_detail")).isEqualTo("the pixels of frame f-1 are gone");
        }
    }

    @Test
    void aKeyThatHoldsNoStringHoldsNoPixels() throws Exception {
        queue.add("f-1", "frame_buffer_key", QueueInRedis.QUEUE);
        try (Processor _ = echo(redis.address()).start()) {
            assertThat(queue.awaitReturned().text("return_kind")).isEqualTo("rejected");
        }
    }

    @Test
    void aConnectionThatWasCutWhileIdleIsReplaced() throws Exception {
        queue.call("SET", "frame:f-1", "one");
        queue.call("SET", "frame:f-2", "two");
        try (FaultProxy network = new FaultProxy(redis.address().port());
                Processor _ = echo(RedisAddress.local(network.port())).start()) {
            queue.add("f-1");
            queue.awaitResults(1);
            network.cut();
            queue.add("f-2");
            queue.awaitResults(2);
        }
        assertThat(queue.returned()).isEmpty();
    }

    @Test
    void aFrameIsNotToBlameWhenRedisIsAway() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch down = new CountDownLatch(1);
        queue.add("f-1");
        try (FaultProxy network = new FaultProxy(redis.address().port());
                Processor face = face(RedisAddress.local(network.port()), frame -> {
                    begun.countDown();
                    Await.signal(down);
                    return Answer.processed("{\"bytes\": " + frame.pixels().length + "}");
                }).start()) {
            Await.signal(begun);
            network.down();
            down.countDown();
            Await.until("tried", () -> network.turnedAway() > 4);
            network.up();
            assertThat(queue.awaitReturned().text("return_kind")).isEqualTo("retry");
            Await.until("counted", () -> face.statistics().returned() == 1);
        }
    }

    private ProcessorBuilder echo(RedisAddress address) {
        return face(address,
                frame -> Answer.processed("\"" + new String(frame.pixels(), StandardCharsets.UTF_8) + "\""));
    }

    private ProcessorBuilder face(RedisAddress address, FrameHandler handler) {
        return Processor.builder("face-1").capabilities("face_detection").orchestrator(orchestrator.url())
                .redis(address).handler(handler);
    }
}
