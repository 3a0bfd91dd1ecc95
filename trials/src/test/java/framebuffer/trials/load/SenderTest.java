package framebuffer.trials.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.app.serve.Tracing;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisAddress.ConnectTimeouts;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.wire.frame.Frame;
import framebuffer.wire.frame.FrameCodec;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Fields;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SenderTest {
    private static final String STREAM = "frames:capture";
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @TempDir
    private Path folder;
    private EmbeddedRedis server;
    private RedisConnection redis;

    @BeforeEach
    void start() {
        server = EmbeddedRedis.start(folder.resolve("data"));
        redis = RedisConnection.open(server.address());
    }

    @AfterEach
    void stop() {
        redis.close();
        server.close();
    }

    private static Load load(int inlineBytes) {
        return new Load(10, 3, MINUTE, PriorityMix.parse("7:1"), List.of("face", "car"), inlineBytes,
                new SimulatedProcessors.Kind(0, Duration.ZERO, 1, 1));
    }

    /** A schedule of ten frames per second, the first due a minute ago, the last now. */
    private static final class Late {
        private final Load load;
        private final Schedule schedule = Schedule.of(System.nanoTime() - MINUTE.toNanos(), 10, MINUTE);
        private final ResultCounts results;
        private final Sender sender;

        Late(int inlineBytes) {
            load = load(inlineBytes);
            results = new ResultCounts(load, schedule);
            sender = new Sender(Sender.Portion.whole(STREAM), schedule, Instant.EPOCH,
                    new LoadFrames("run", load, Tracing.off()), results);
        }
    }

    private long announced() {
        return Replies.number(redis.call("XLEN", STREAM));
    }

    private Fields frame(int number) {
        return Objects.requireNonNull(
                Replies.entries(redis.call("XRANGE", STREAM, "-", "+")).get(number).fields());
    }

    @Test
    void allThatIsDueIsSentAtOnceAndTheDelayIsInTheLatencies() {
        Late late = new Late(0);
        late.sender.runOnce(redis);
        assertThat(announced()).isEqualTo(600);
        Sender.Sent sent = late.sender.sent();
        assertThat(sent.announced()).isEqualTo(600);
        assertThat(sent.behindNanos()).isGreaterThanOrEqualTo(MINUTE.toNanos());
        assertThat(sent.latency().max()).isGreaterThanOrEqualTo(59_900);
        assertThat(late.sender.isFinished()).isTrue();
        assertThat(late.results.missing()).isEqualTo(600);
    }

    @Test
    void aFrameLooksLikeThatOfAProducer() {
        new Late(5).sender.runOnce(redis);
        Decoded<Frame> decoded = FrameCodec.decode(Replies.entries(redis.call("XRANGE", STREAM, "-", "+")).get(20).id(),
                frame(20));
        assertThat(decoded).isInstanceOfSatisfying(Decoded.Valid.class, valid -> {
            Frame frame = (Frame) valid.value();
            assertThat(frame.frameId()).isEqualTo("load-run-20");
            assertThat(frame.cameraId()).isEqualTo("load-3");
            assertThat(frame.priority()).isEqualTo(7);
            assertThat(frame.timestamp()).as("when it was due").isEqualTo(Instant.ofEpochSecond(2));
        });
        assertThat(frame(20).get("data")).hasSize(5);
        assertThat(frame(20).text("metadata")).contains("\"detection_types\":[\"face\",\"car\"]");
    }

    @Test
    void largeFramesAreWrittenInPortions() {
        Late late = new Late(1 << 20);
        late.sender.runOnce(redis);
        assertThat(announced()).isEqualTo(7);
        assertThat(late.sender.sent().unsent()).isEqualTo(593);
        late.sender.runOnce(redis);
        assertThat(announced()).isEqualTo(14);
        late.sender.end();
        assertThat(late.sender.isFinished()).as("nothing is sent that was not begun").isTrue();
        assertThat(late.sender.sent().unsent()).isZero();
    }

    @Test
    void whatRedisRefusesIsCountedAndNotAwaited() {
        redis.call("CONFIG", "SET", "maxmemory", 1);
        Late late = new Late(0);
        late.sender.runOnce(redis);
        Sender.Sent sent = late.sender.sent();
        assertThat(sent.refused()).isEqualTo(600);
        assertThat(sent.announced()).isZero();
        assertThat(sent.refusal()).startsWith("OOM");
        assertThat(late.results.missing()).isZero();
    }

    @Test
    void whatWasNotAnsweredWhenAConnectionBrokeIsSentAgain() {
        Late late = new Late(0);
        ConnectTimeouts little = new ConnectTimeouts(Duration.ofMillis(50), Duration.ofMillis(10),
                Duration.ofMillis(10));
        RedisAddress impatient = server.address().with(little);
        redis.call("CLIENT", "PAUSE", 60_000, "WRITE");
        try (RedisConnection broken = RedisConnection.open(impatient)) {
            assertThatThrownBy(() -> late.sender.runOnce(broken)).isInstanceOf(RedisUnavailable.class);
        }
        assertThat(late.sender.isFinished()).isFalse();
        redis.call("CLIENT", "UNPAUSE");
        late.sender.runOnce(redis);
        Sender.Sent sent = late.sender.sent();
        assertThat(sent.resent()).isEqualTo(600);
        assertThat(sent.announced()).isEqualTo(600);
        assertThat(late.results.missing()).isEqualTo(600);
    }
}
