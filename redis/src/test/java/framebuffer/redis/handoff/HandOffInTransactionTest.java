package framebuffer.redis.handoff;

import static framebuffer.redis.handoff.Move.MoveOutcome.CLOSED;
import static framebuffer.redis.handoff.Move.MoveOutcome.FULL;
import static framebuffer.redis.handoff.Move.MoveOutcome.GONE;
import static framebuffer.redis.handoff.Move.MoveOutcome.MOVED;
import static framebuffer.redis.testing.CaptureStream.CONSUMER;
import static framebuffer.redis.testing.CaptureStream.GROUP;
import static framebuffer.redis.testing.CaptureStream.KEYS;
import static framebuffer.redis.testing.CaptureStream.SOURCE;
import static framebuffer.redis.testing.CaptureStream.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.redis.RedisRefused;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.testing.CaptureStream;
import framebuffer.redis.testing.TestRedis;
import framebuffer.wire.EntryId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All frames are appended; refused frames are taken back before another client sees them. */
class HandOffInTransactionTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final String A = "frames:ready:a";
    private static final String B = "frames:ready:b";

    private final HandOff handOff = new HandOff(KEYS, CONSUMER, HandOff.HandOffLimits.DEFAULT, 1);
    private final CaptureStream capture = new CaptureStream(redis);

    @BeforeEach
    void prepare() {
        handOff.prepare(redis.connection());
    }

    private HandOff.BatchOutcome move(HandOff.@Nullable CapturedFrames captured, int capacity, Move... moves) {
        HandOff.HandOffBatch batch = new HandOff.HandOffBatch(SOURCE, Map.of(A, capacity, B, capacity), captured,
                List.of(moves));
        assertThat(TransactionalHandOff.is(batch)).isTrue();
        return handOff.begin(redis.connection(), batch).await();
    }

    private List<Move.MoveOutcome> outcomes(int capacity, Move... moves) {
        return move(null, capacity, moves).outcomes();
    }

    private void assertNothingHappened(List<StreamEntry> frames) {
        assertThat(capture.queued(A)).isEmpty();
        assertThat(capture.queued(B)).isEmpty();
        assertThat(capture.pending()).isEqualTo(frames.stream().map(StreamEntry::id).toList());
        assertThat(redis.call("EXISTS", KEYS.verdict())).isEqualTo(0L);
    }

    @Test
    void whatFindsNoRoomIsTakenBackFromAmongTheOthers() {
        List<StreamEntry> frames = capture.frames(5);
        assertThat(outcomes(2, to(frames.get(0), A), to(frames.get(1), B), to(frames.get(2), A), to(frames.get(3), A),
                to(frames.get(4), B))).containsExactly(MOVED, MOVED, MOVED, FULL, MOVED);
        assertThat(capture.queued(A)).containsExactly("f1", "f3");
        assertThat(capture.queued(B)).containsExactly("f2", "f5");
        assertThat(capture.pending()).containsExactly(frames.get(3).id());
        assertThat(redis.length(KEYS.capture())).isEqualTo(1);
    }

    @Test
    void whatSomebodyElseHasHandedOffIsTakenBackWhereverItStands() {
        List<StreamEntry> frames = capture.frames(3);
        outcomes(9, to(frames.get(1), B));
        assertThat(outcomes(9, to(frames.get(0), B), to(frames.get(1), B), to(frames.get(2), B)))
                .containsExactly(MOVED, GONE, MOVED);
        assertThat(capture.queued(B)).containsExactly("f2", "f1", "f3");
    }

    @Test
    void aQueueThatIsMissingIsNotMade() {
        List<StreamEntry> frames = capture.frames(2);
        redis.call("DEL", A);
        HandOff.BatchOutcome outcome = move(null, 9, to(frames.get(0), A), to(frames.get(1), B));
        assertThat(outcome.outcomes()).containsExactly(CLOSED, MOVED);
        assertThat(outcome.room()).isEqualTo(Map.of(A, -1, B, 8));
        assertThat(redis.call("EXISTS", A)).isEqualTo(0L);
    }

    @Test
    void whatIsPermittedAndDoesNotGetInIsPendingAgain() {
        List<StreamEntry> frames = capture.frames(4);
        redis.call("XADD", A, "18446744073709551615-18446744073709551614", "f", "v");
        assertThat(outcomes(9, to(frames.get(0), A), to(frames.get(1), A), to(frames.get(2), B), to(frames.get(3), A)))
                .containsExactly(MOVED, CLOSED, MOVED, CLOSED);
        assertThat(capture.pending()).containsExactly(frames.get(1).id(), frames.get(3).id());
        assertThat(capture.queued(B)).containsExactly("f3");
        assertThat(outcomes(9, to(frames.get(1), B), to(frames.get(3), B))).containsOnly(MOVED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"frame-buffer:ledger", "frames:ready:a"})
    void aKeyOfTheWrongTypeLetsNothingIn(String key) {
        List<StreamEntry> frames = capture.frames(3);
        redis.call("DEL", key);
        redis.call("SET", key, "in the way");
        if (key.equals(A)) {
            assertThat(outcomes(9, frames.stream().map(frame -> to(frame, A)).toArray(Move[]::new)))
                    .containsOnly(CLOSED);
        } else {
            assertThatThrownBy(() -> outcomes(9, frames.stream().map(frame -> to(frame, B)).toArray(Move[]::new)))
                    .isInstanceOf(RedisRefused.class).hasMessageContaining(key);
        }
        redis.call("DEL", key);
        assertNothingHappened(frames);
    }

    @Test
    void oneThatWasTakenForDeadHandsNothingOff() {
        List<StreamEntry> frames = capture.frames(2);
        capture.cursor(CONSUMER);
        HandOff.CapturedFrames outdated = new HandOff.CapturedFrames(CONSUMER, new EntryId(1, 1), frames.get(1).id(),
                Map.of("cam", 2));
        assertThatThrownBy(() -> move(outdated, 9, to(frames.get(0), A), to(frames.get(1), B)))
                .isInstanceOf(Fenced.class);
        assertNothingHappened(frames);
        assertThat(redis.hash(KEYS.ledger())).doesNotContainKey("captured:cam");
    }

    @Test
    void withoutMemoryEachBatchGoesByTheScriptInstead() {
        List<StreamEntry> frames = capture.frames(3);
        EntryId cursor = capture.cursor(CONSUMER);
        redis.call("CONFIG", "SET", "maxmemory", 1);
        HandOff.InFlight one = begin(counted(cursor, frames.subList(0, 2)), to(frames.get(0), A), to(frames.get(1), B));
        HandOff.InFlight two = begin(counted(frames.get(1).id(), frames.subList(2, 3)), to(frames.get(2), B));
        assertThat(one.await().outcomes()).containsOnly(MOVED);
        assertThat(two.await().outcomes()).containsOnly(MOVED);
        redis.call("CONFIG", "SET", "maxmemory", 0);
        assertAllCameOnce();
    }

    @Test
    void aBatchThatWasWrittenWhenMemoryHadJustComeFreeWaitsForTheOneBeforeIt() {
        List<StreamEntry> frames = capture.frames(3);
        EntryId cursor = capture.cursor(CONSUMER);
        redis.call("CONFIG", "SET", "maxmemory", 1);
        HandOff.InFlight one = begin(counted(cursor, frames.subList(0, 2)), to(frames.get(0), A), to(frames.get(1), B));
        // Use another connection, because this one still awaits the replies to the batches.
        redis.connect().call("CONFIG", "SET", "maxmemory", 0);
        HandOff.InFlight two = begin(counted(frames.get(1).id(), frames.subList(2, 3)), to(frames.get(2), B));
        assertThat(one.await().outcomes()).containsOnly(MOVED);
        assertThat(two.await().outcomes()).containsOnly(MOVED);
        assertAllCameOnce();
    }

    private HandOff.InFlight begin(HandOff.CapturedFrames captured, Move... moves) {
        return handOff.begin(redis.connection(),
                new HandOff.HandOffBatch(SOURCE, Map.of(A, 9, B, 9), captured, List.of(moves)));
    }

    private static HandOff.CapturedFrames counted(EntryId known, List<StreamEntry> frames) {
        return new HandOff.CapturedFrames(CONSUMER, known, frames.getLast().id(), Map.of("cam", frames.size()));
    }

    private void assertAllCameOnce() {
        assertThat(capture.queued(A)).containsExactly("f1");
        assertThat(capture.queued(B)).containsExactly("f2", "f3");
        assertThat(capture.pending()).isEmpty();
        assertThat(redis.hash(KEYS.ledger())).containsEntry("captured:cam", "3");
    }

    @Test
    void scriptsThatRedisHasForgottenAreNotMissed() {
        List<StreamEntry> frames = capture.frames(2);
        redis.call("SCRIPT", "FLUSH");
        assertThat(outcomes(1, to(frames.get(0), A), to(frames.get(1), A))).containsExactly(MOVED, FULL);
    }

    @Test
    void batchesOnTheirWayWhenScriptsAreForgottenGoOnce() {
        List<StreamEntry> frames = capture.frames(3);
        EntryId cursor = capture.cursor(CONSUMER);
        redis.call("SCRIPT", "FLUSH");
        HandOff.InFlight one = begin(counted(cursor, frames.subList(0, 2)), to(frames.get(0), A), to(frames.get(1), B));
        HandOff.InFlight two = begin(counted(frames.get(1).id(), frames.subList(2, 3)), to(frames.get(2), B));
        assertThat(one.await().outcomes()).containsOnly(MOVED);
        assertThat(two.await().outcomes()).containsOnly(MOVED);
        assertAllCameOnce();
    }

    @Test
    void aReaderThatWaitsSeesOnlyWhatWasPermitted() {
        List<StreamEntry> frames = capture.frames(3);
        redis.call("XGROUP", "CREATE", A, "workers", "0");
        var reader = redis.connect();
        reader.send("XREADGROUP", List.of("GROUP", "workers", "w", "BLOCK", "5000", "STREAMS", A, ">"));
        reader.flush();
        assertThat(outcomes(1, to(frames.get(0), A), to(frames.get(1), A), to(frames.get(2), A)))
                .containsExactly(MOVED, FULL, FULL);
        assertThat(redis.pending(A, "workers")).hasSize(1);
        assertThat(redis.pending(KEYS.capture(), GROUP)).hasSize(2);
    }
}
