package framebuffer.redis.frames;

import static framebuffer.redis.testing.CaptureStream.CONSUMER;
import static framebuffer.redis.testing.CaptureStream.GROUP;
import static framebuffer.redis.testing.CaptureStream.KEYS;
import static framebuffer.redis.testing.CaptureStream.SOURCE;
import static framebuffer.redis.testing.CaptureStream.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.redis.RedisRefused;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.handoff.HandOff;
import framebuffer.redis.handoff.Move;
import framebuffer.redis.testing.CaptureStream;
import framebuffer.redis.testing.TestRedis;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LedgerReaderTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final String A = "frames:ready:a";

    private final HandOff handOff = new HandOff(KEYS, CONSUMER, HandOff.HandOffLimits.DEFAULT);
    private final CaptureStream capture = new CaptureStream(redis);

    @BeforeEach
    void prepare() {
        handOff.prepare(redis.connection());
    }

    private static LedgerReader.LedgerReading read(String... queues) {
        return LedgerReader.read(redis.connection(), KEYS, GROUP, List.of(queues));
    }

    private void handOff(List<StreamEntry> counted, Move... moves) {
        handOff.begin(redis.connection(), new HandOff.HandOffBatch(SOURCE, Map.of(A, 100),
                counted.isEmpty()
                        ? null
                        : new HandOff.CapturedFrames(CONSUMER, handOff.mark(redis.connection(), CONSUMER).cursor(),
                                counted.getLast().id(), Map.of("cam", counted.size())),
                List.of(moves))).await();
    }

    @Test
    void beforeAnythingHappenedItIsEmpty() {
        assertThat(read(A)).isEqualTo(new LedgerReader.LedgerReading(Map.of(), 0));
    }

    @Test
    void framesReadAheadAreNotCapturedYet() {
        List<StreamEntry> frames = capture.frames(5);
        assertThat(read(A).underWay()).isZero();
        handOff(frames.subList(0, 3));
        assertThat(read(A)).isEqualTo(new LedgerReader.LedgerReading(Map.of("cam", Map.of("captured", 3L)), 3, 2, 0));
    }

    @Test
    void whatIsPendingQueuedAndReturnedIsUnderWay() {
        List<StreamEntry> frames = capture.frames(5);
        handOff(frames, to(frames.get(0), A), to(frames.get(1), A, A, A));
        redis.add(KEYS.returned(), CaptureStream.queued(frames.get(2), frames.get(2).id()));
        assertThat(read(A).underWay()).as("three pending, four parts of two frames, one returned").isEqualTo(6);
        assertThat(read().underWay()).as("a queue that is not named is not counted").isEqualTo(2);
    }

    @Test
    void camerasMayHaveAnyName() {
        redis.call("HSET", KEYS.ledger(), "captured:a:b", 1, "captured:", 2, "shed.expired:é", 3, "captured:cursor:x",
                4);
        assertThat(read().counts()).isEqualTo(Map.of("a:b", Map.of("captured", 1L), "", Map.of("captured", 2L), "é",
                Map.of("shed.expired", 3L), "cursor:x", Map.of("captured", 4L)));
    }

    @Test
    void aCounterThatSomebodySpoiltCountsNothingAndTheRestIsRead() {
        redis.call("HSET", KEYS.ledger(), "captured:cam", "many", "done:cam", 7, "extra_parts", "?");
        assertThat(read().counts()).isEqualTo(Map.of("cam", Map.of("captured", 0L, "done", 7L)));
    }

    @Test
    void keysOfTheWrongTypeHoldNothing() {
        redis.call("SET", A, "no stream");
        redis.call("SET", KEYS.capture(), "no stream");
        redis.call("SET", KEYS.returned(), "no stream");
        assertThat(read(A).underWay()).isZero();
    }

    @Test
    void aLedgerOfTheWrongTypeIsRefused() {
        redis.call("SET", KEYS.ledger(), "no hash");
        assertThatThrownBy(() -> read(A)).isInstanceOf(RedisRefused.class);
    }

    @Test
    void itCanBeReadWithoutMemory() {
        redis.call("CONFIG", "SET", "maxmemory", 1);
        try {
            assertThat(read(A).underWay()).isZero();
        } finally {
            redis.call("CONFIG", "SET", "maxmemory", 0);
        }
    }
}
