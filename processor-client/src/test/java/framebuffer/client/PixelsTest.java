package framebuffer.client;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.client.fixture.QueueInRedis;
import framebuffer.client.fixture.RecordingOrchestrator;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.testkit.FaultProxy;
import framebuffer.wire.text.Fields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

    @Test
    void areShortenedWhenTheFrameHasEndedAsItsProducerAllows() throws Exception {
        for (String frameId : List.of("done", "silent", "again")) {
            queue.call("SET", "frame:" + frameId, frameId, "PX", 60_000);
        }
        queue.add("silent");
        queue.add("again", "pixels_keep_ms", "5000");
        queue.add("done", "pixels_keep_ms", "5000");
        try (Processor _ = face(redis.address(), frame -> frame.frame().frameId().equals("again")
                ? Answer.retryLater(Duration.ofSeconds(1), "not now")
                : Answer.processed(String.valueOf(frame.pixels().length))).start()) {
            queue.awaitResults(2);
            queue.awaitReturned();
            Await.until("shortened", () -> left("done") <= 5_000);
        }
        assertThat(left("silent")).isGreaterThan(30_000);
        assertThat(left("again")).isGreaterThan(30_000);
    }

    @Test
    void mayBeInARedisOfTheirOwn(@TempDir Path folder) throws Exception {
        try (EmbeddedRedis other = EmbeddedRedis.start(folder);
                RedisConnection pixels = RedisConnection.open(other.address())) {
            pixels.call("SET", "frame:f-1", "there", "PX", 60_000);
            queue.call("SET", "frame:f-1", "here", "PX", 60_000);
            queue.add("f-1", "pixels_keep_ms", "5000");
            try (Processor _ = echo(redis.address()).pixelsRedis(other.address()).start()) {
                queue.awaitResults(1);
                Await.until("shortened", () -> Replies.number(pixels.call("PTTL", "frame:f-1")) <= 5_000);
            }
            assertThat(queue.results().getFirst().text("result")).isEqualTo("\"there\"");
            assertThat(left("f-1")).isGreaterThan(30_000);
        }
    }

    @Test
    void theirRedisMayGoAwayAndAnswersGoOn() throws Exception {
        queue.add("f-1", "data", "inline", "pixels_keep_ms", "5000");
        queue.add("f-2", "data", "inline", "pixels_keep_ms", "5000");
        try (Processor face = echo(redis.address()).pixelsRedis(RedisAddress.local(1)).start()) {
            queue.awaitResults(2);
            Await.until("counted", () -> face.statistics().processed() == 2);
        }
    }

    private long left(String frameId) {
        return Replies.number(queue.call("PTTL", "frame:" + frameId));
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
