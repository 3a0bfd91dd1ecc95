package framebuffer.redis.handoff;

import static framebuffer.redis.handoff.Move.MoveOutcome.FULL;
import static framebuffer.redis.handoff.Move.MoveOutcome.GONE;
import static framebuffer.redis.handoff.Move.MoveOutcome.MOVED;
import static framebuffer.redis.testing.CaptureStream.CONSUMER;
import static framebuffer.redis.testing.CaptureStream.KEYS;
import static framebuffer.redis.testing.CaptureStream.SOURCE;
import static framebuffer.redis.testing.CaptureStream.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.redis.GroupReader;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.queues.WorkQueue;
import framebuffer.redis.testing.CaptureStream;
import framebuffer.redis.testing.TestRedis;
import framebuffer.wire.EntryId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Redis refuses a hand-off, or does not answer. */
class HandOffRefusedTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final String A = "frames:ready:a";

    private final HandOff handOff = new HandOff(KEYS, CONSUMER, HandOff.HandOffLimits.DEFAULT);
    private final CaptureStream capture = new CaptureStream(redis);

    @BeforeEach
    void prepare() {
        handOff.prepare(redis.connection());
    }

    private HandOff.HandOffBatch batch(List<StreamEntry> frames, int capacity) {
        return batch(capture.cursor(CONSUMER), frames, capacity);
    }

    private static HandOff.HandOffBatch batch(EntryId known, List<StreamEntry> frames, int capacity) {
        return new HandOff.HandOffBatch(SOURCE, Map.of(A, capacity),
                new HandOff.CapturedFrames(CONSUMER, known, frames.getLast().id(), Map.of("cam", frames.size())),
                frames.stream().<Move>map(frame -> to(frame, A)).toList());
    }

    private List<Move.MoveOutcome> move(RedisConnection connection, List<StreamEntry> frames) {
        return handOff.begin(connection, batch(frames, 1000)).await().outcomes();
    }

    @ParameterizedTest
    @ValueSource(strings = {"frames:capture", "frame-buffer:ledger", "frame-buffer:parts", "frames:returned",
            "frames:dead-letter", "frame-buffer:taken", "frame-buffer:suspects"})
    void aKeyOfOursOfTheWrongTypeIsRefusedAndNothingHappens(String key) {
        List<StreamEntry> frames = capture.frames(3);
        HandOff.HandOffBatch batch = batch(frames, 1000);
        redis.call("DEL", key);
        redis.call("SET", key, "in the way");
        Map<String, String> before = redis.everything();
        assertThatThrownBy(() -> handOff.begin(redis.connection(), batch).await()).isInstanceOf(RedisRefused.class)
                .hasMessageStartingWith("WRONGTYPE").hasMessageContaining(key);
        assertThat(redis.everything()).isEqualTo(before);
    }

    @Test
    void onceTheKeyIsRightAgainItGoesOnOnTheSameConnection() {
        List<StreamEntry> frames = capture.frames(3);
        redis.call("SET", KEYS.parts(), "in the way");
        assertThatThrownBy(() -> move(redis.connection(), frames)).isInstanceOf(RedisRefused.class);
        redis.call("DEL", KEYS.parts());
        assertThat(move(redis.connection(), frames)).containsOnly(MOVED);
    }

    @Test
    void withoutMemoryFramesGoOnAndProducersWait() {
        List<StreamEntry> frames = capture.frames(3);
        redis.call("CONFIG", "SET", "maxmemory", 1);
        try {
            assertThat(move(redis.connection(), frames)).containsOnly(MOVED);
            assertThatThrownBy(() -> redis.call("XADD", KEYS.capture(), "*", "frame_id", "f4"))
                    .isInstanceOf(RedisRefused.class).hasMessageStartingWith("OOM");
        } finally {
            redis.call("CONFIG", "SET", "maxmemory", 0);
        }
        assertThat(capture.queued(A)).containsExactly("f1", "f2", "f3");
        assertThat(redis.length(KEYS.capture())).isZero();
    }

    @Test
    void aForgottenScriptIsUnavailableUntilItIsPreparedAgain() {
        List<StreamEntry> frames = capture.frames(2);
        RedisConnection first = redis.connect();
        redis.call("SCRIPT", "FLUSH");
        HandOff.InFlight one = handOff.begin(first, batch(frames.subList(0, 1), 9));
        HandOff.InFlight two = handOff.begin(first, batch(frames.subList(1, 2), 9));
        assertThatThrownBy(one::await).isInstanceOf(RedisUnavailable.class);
        assertThatThrownBy(two::await).isInstanceOf(RedisUnavailable.class);
        assertThat(first.isBroken()).isTrue();
        assertThat(capture.pending()).hasSize(2);
        RedisConnection second = redis.connect();
        handOff.prepare(second);
        assertThat(move(second, frames)).containsOnly(MOVED);
    }

    @Test
    void batchesOnTheirWayTogetherKeepOrderAndRoom() {
        WorkQueue.ensure(redis.connection(), A);
        Queue<HandOff.InFlight> flying = new ArrayDeque<>();
        List<Move.MoveOutcome> outcomes = new ArrayList<>();
        List<Integer> room = new ArrayList<>();
        EntryId known = capture.cursor(CONSUMER);
        for (int i = 0; i < 20; i++) {
            List<StreamEntry> frames = capture(5);
            flying.add(handOff.begin(redis.connection(), batch(known, frames, 60)));
            known = frames.getLast().id();
            if (flying.size() == 2) {
                await(flying.remove(), outcomes, room);
            }
        }
        await(flying.remove(), outcomes, room);
        assertThat(outcomes.subList(0, 60)).containsOnly(MOVED);
        assertThat(outcomes.subList(60, 100)).containsOnly(FULL);
        assertThat(room).startsWith(55, 50, 45).endsWith(5, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        assertThat(capture.queued(A)).hasSize(60).startsWith("f1", "f2", "f3").endsWith("f59", "f60");
        assertThat(redis.hash(KEYS.ledger())).containsEntry("captured:cam", "100");
    }

    /** Reads on a separate connection, because the test's own awaits replies. */
    private static List<StreamEntry> capture(int count) {
        RedisConnection mine = redis.connect();
        GroupReader reader = new GroupReader(KEYS.capture(), CaptureStream.GROUP, CONSUMER);
        reader.ensureGroup(mine);
        for (int i = 0; i < count; i++) {
            long n = Replies.number(mine.call("INCR", "n"));
            mine.call("XADD", KEYS.capture(), "*", "frame_id", "f" + n, "camera_id", "cam");
        }
        return reader.readNew(mine, count, Duration.ZERO);
    }

    private static void await(HandOff.InFlight batch, List<Move.MoveOutcome> outcomes, List<Integer> room) {
        HandOff.BatchOutcome outcome = batch.await();
        assertThat(outcome.outcomes()).hasSameSizeAs(batch.batch().moves());
        outcomes.addAll(outcome.outcomes());
        room.addAll(outcome.room().values());
    }

    @Test
    void whoCountsByAnOldCursorIsRefusedAsAWhole() {
        List<StreamEntry> frames = capture.frames(3);
        assertThat(move(redis.connection(), frames.subList(0, 1))).containsOnly(MOVED);
        HandOff.InFlight late = handOff.begin(redis.connection(), batch(EntryId.FIRST, frames, 9));
        assertThatThrownBy(late::await).isInstanceOf(Fenced.class);
        assertThat(capture.pending()).hasSize(2);
        assertThat(redis.hash(KEYS.ledger())).containsEntry("captured:cam", "1");
    }

    @Test
    void aRefusedBatchDoesNotDisturbTheOneBehindIt() {
        List<StreamEntry> frames = capture.frames(2);
        RedisConnection other = redis.connect();
        redis.call("SET", "frames:elsewhere", "no stream");
        HandOff.HandOffBatch bad = new HandOff.HandOffBatch(
                new FrameSource("frames:elsewhere", "g", FrameSource.SourceKind.RETURNED), Map.of(A, 9),
                null, List.of(to(frames.get(0), A)));
        HandOff.InFlight one = handOff.begin(other, bad);
        HandOff.InFlight two = handOff.begin(other, batch(frames, 9));
        assertThatThrownBy(one::await).isInstanceOf(RedisRefused.class);
        assertThat(two.await().outcomes()).containsExactly(MOVED, MOVED);
        assertThat(move(redis.connection(), frames)).containsOnly(GONE);
    }
}
