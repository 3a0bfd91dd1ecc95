package framebuffer.redis.handoff;

import static framebuffer.redis.handoff.Move.MoveOutcome.CLOSED;
import static framebuffer.redis.handoff.Move.MoveOutcome.FULL;
import static framebuffer.redis.handoff.Move.MoveOutcome.GONE;
import static framebuffer.redis.handoff.Move.MoveOutcome.MOVED;
import static framebuffer.redis.testing.CaptureStream.GROUP;
import static framebuffer.redis.testing.CaptureStream.KEYS;
import static framebuffer.redis.testing.CaptureStream.SOURCE;
import static framebuffer.redis.testing.CaptureStream.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.redis.StreamEntry;
import framebuffer.redis.queues.WorkQueue;
import framebuffer.redis.testing.CaptureStream;
import framebuffer.redis.testing.TestRedis;
import framebuffer.wire.EntryId;
import framebuffer.wire.frame.QueuedFrame;
import framebuffer.wire.text.FieldNames;
import framebuffer.wire.text.Fields;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass(name = "with {0} frames or more in a transaction")
@ValueSource(ints = {1, Integer.MAX_VALUE})
class HandOffTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final String A = "frames:ready:a";
    private static final String B = "frames:ready:b";
    private static final String LAST = "18446744073709551615-18446744073709551615";

    private final HandOff handOff;
    private final CaptureStream capture = new CaptureStream(redis);

    HandOffTest(int fewestInTransaction) {
        handOff = new HandOff(KEYS, CaptureStream.CONSUMER, HandOff.HandOffLimits.DEFAULT, fewestInTransaction);
    }

    @BeforeEach
    void prepare() {
        handOff.prepare(redis.connection());
    }

    private HandOff.BatchOutcome move(Map<String, Integer> capacities, Move... moves) {
        return handOff.begin(redis.connection(), new HandOff.HandOffBatch(SOURCE, capacities, null, List.of(moves)))
                .await();
    }

    private HandOff.BatchOutcome moveAll(Map<String, Integer> capacities, List<StreamEntry> frames, String... queues) {
        return move(capacities, frames.stream().map(frame -> to(frame, queues)).toArray(Move[]::new));
    }

    @Test
    void aBatchEntersItsQueuesInOrder() {
        List<StreamEntry> frames = capture.frames(5);
        HandOff.BatchOutcome outcome = move(Map.of(A, 10, B, 10), to(frames.get(0), A), to(frames.get(1), B),
                to(frames.get(2), A), to(frames.get(3), A), to(frames.get(4), B));
        assertThat(outcome.outcomes()).containsOnly(MOVED).hasSize(5);
        assertThat(outcome.room()).isEqualTo(Map.of(A, 7, B, 8));
        assertThat(capture.queued(A)).containsExactly("f1", "f3", "f4");
        assertThat(capture.queued(B)).containsExactly("f2", "f5");
        assertThat(capture.pending()).isEmpty();
        assertThat(redis.length(KEYS.capture())).isZero();
    }

    @Test
    void nothingToMoveTellsTheRoom() {
        capture.frames(0);
        redis.call("SET", B, "no stream");
        HandOff.BatchOutcome outcome = move(Map.of(A, 10, B, 3, "frames:ready:c", 0));
        assertThat(outcome.outcomes()).isEmpty();
        assertThat(outcome.room()).isEqualTo(Map.of(A, 10, B, -1, "frames:ready:c", 0));
    }

    @Test
    void theCapacityIsKeptWithinABatch() {
        List<StreamEntry> frames = capture.frames(5);
        HandOff.BatchOutcome outcome = moveAll(Map.of(A, 3), frames, A);
        assertThat(outcome.outcomes()).containsExactly(MOVED, MOVED, MOVED, FULL, FULL);
        assertThat(outcome.room()).isEqualTo(Map.of(A, 0));
        assertThat(capture.queued(A)).containsExactly("f1", "f2", "f3");
        assertThat(capture.pending()).containsExactly(frames.get(3).id(), frames.get(4).id());
        assertThat(redis.length(KEYS.capture())).isEqualTo(2);
    }

    @Test
    void theCapacityIsKeptAcrossBatches() {
        moveAll(Map.of(A, 3), capture.frames(2), A);
        assertThat(moveAll(Map.of(A, 3), capture.frames(2), A).outcomes()).containsExactly(MOVED, FULL);
        assertThat(moveAll(Map.of(A, 2), capture.frames(1), A).outcomes()).containsExactly(FULL);
    }

    @Test
    void aFrameDoesNotOvertakeOneThatIsStillPendingAndGoesWhenThatIsGone() {
        List<StreamEntry> frames = capture.frames(4);
        Move[] behind = frames.subList(1, 3).stream().map(frame -> after(to(frame, A), frames.getFirst()))
                .toArray(Move[]::new);
        assertThat(move(Map.of(A, 9), behind).outcomes()).containsExactly(FULL, FULL);
        assertThat(move(Map.of(A, 9), to(frames.get(3), A)).outcomes()).containsExactly(MOVED);
        moveAll(Map.of(A, 9), frames.subList(0, 1), A);
        assertThat(move(Map.of(A, 9), behind).outcomes()).containsExactly(MOVED, MOVED);
        assertThat(capture.queued(A)).containsExactly("f4", "f1", "f2", "f3");
    }

    @Test
    void aFrameDoesNotOvertakeOneOfItsCameraInTheSameBatch() {
        List<StreamEntry> frames = capture.frames(2);
        StreamEntry other = capture.frames(1, "other").getFirst();
        StreamEntry first = new StreamEntry(EntryId.FIRST, null);
        assertThat(move(Map.of(A, 0, B, 9), after(to(frames.get(0), A), first), after(to(frames.get(1), B), first),
                after(to(other, B), first)).outcomes()).containsExactly(FULL, FULL, MOVED);
    }

    private static Move after(Move.ToQueues move, StreamEntry ahead) {
        return new Move.ToQueues(move.entry(), move.captureId(), move.camera(), move.targets(), ahead.id(), false,
                null);
    }

    @Test
    void whoFailedWithAFrameIsBlamedOnceWhenThatFrameGoesOn() {
        Move.ToQueues move = to(capture.frames(1).getFirst(), A);
        Move again = new Move.ToQueues(move.entry(), move.captureId(), move.camera(), move.targets(), null, false, "p");
        assertThat(move(Map.of(A, 0), again).outcomes()).containsExactly(FULL);
        assertThat(redis.hash(KEYS.circuits())).isEmpty();
        assertThat(move(Map.of(A, 9), again, again).outcomes()).containsExactly(MOVED, GONE);
        assertThat(redis.hash(KEYS.circuits())).isEqualTo(Map.of("p", "closed 1"));
    }

    @Test
    void aFrameEntersAllItsQueuesOrNone() {
        List<StreamEntry> frames = capture.frames(3);
        HandOff.BatchOutcome outcome = moveAll(Map.of(A, 9, B, 1), frames, A, B);
        assertThat(outcome.outcomes()).containsExactly(MOVED, FULL, FULL);
        assertThat(outcome.room()).isEqualTo(Map.of(A, 8, B, 0));
        assertThat(capture.queued(A)).containsExactly("f1");
        assertThat(capture.queued(B)).containsExactly("f1");
    }

    @Test
    void aFrameMayNeedOneQueueTwice() {
        List<StreamEntry> frames = capture.frames(2);
        HandOff.BatchOutcome outcome = moveAll(Map.of(A, 3), frames, A, A);
        assertThat(outcome.outcomes()).containsExactly(MOVED, FULL);
        assertThat(outcome.room()).isEqualTo(Map.of(A, 1));
        assertThat(capture.queued(A)).containsExactly("f1", "f1");
        assertThat(capture.pending()).containsExactly(frames.get(1).id());
    }

    @Test
    void aFullQueueHoldsUpNoOther() {
        List<StreamEntry> frames = capture.frames(3);
        assertThat(move(Map.of(A, 0, B, 5), to(frames.get(0), A), to(frames.get(1), B), to(frames.get(2), A, B))
                .outcomes()).containsExactly(FULL, MOVED, FULL);
        assertThat(capture.queued(B)).containsExactly("f2");
        assertThat(redis.length(A)).isZero();
    }

    @Test
    void aQueueThatIsGoneDoesNotComeBackToLifeWithAFrameThatNobodyReads() {
        List<StreamEntry> frames = capture.frames(2);
        redis.call("DEL", A);
        assertThat(move(Map.of(A, 5, B, 5), to(frames.get(0), A), to(frames.get(1), B)).outcomes())
                .containsExactly(CLOSED, MOVED);
        assertThat(redis.call("EXISTS", A)).isEqualTo(0L);
        assertThat(capture.pending()).containsExactly(frames.get(0).id());
    }

    @Test
    void aTargetThatIsNoStreamIsClosedAndTheOthersGo() {
        redis.call("SET", A, "no stream");
        List<StreamEntry> frames = capture.frames(3);
        HandOff.BatchOutcome outcome = move(Map.of(A, 5, B, 5), to(frames.get(0), A), to(frames.get(1), B, A),
                to(frames.get(2), B));
        assertThat(outcome.outcomes()).containsExactly(CLOSED, CLOSED, MOVED);
        assertThat(outcome.room()).isEqualTo(Map.of(A, -1, B, 4));
        assertThat(capture.queued(B)).containsExactly("f3");
        assertThat(capture.pending()).containsExactly(frames.get(0).id(), frames.get(1).id());
        assertThat(redis.hash(KEYS.parts())).isEmpty();
    }

    @Test
    void closedWeighsMoreThanFull() {
        redis.call("SET", B, "no stream");
        assertThat(moveAll(Map.of(A, 0, B, 0), capture.frames(1), A, B).outcomes()).containsExactly(CLOSED);
    }

    @Test
    void whatIsNoLongerPendingIsGone() {
        List<StreamEntry> frames = capture.frames(3);
        redis.call("XACK", KEYS.capture(), GROUP, frames.get(1).id().toString());
        assertThat(moveAll(Map.of(A, 9), frames, A).outcomes()).containsExactly(MOVED, GONE, MOVED);
        assertThat(moveAll(Map.of(A, 9), frames, A).outcomes()).containsOnly(GONE);
        assertThat(capture.queued(A)).containsExactly("f1", "f3");
        assertThat(redis.length(KEYS.capture())).as("entries that others acknowledged may be deleted too")
                .isLessThan(2);
    }

    /** Pending entries of any consumer before and between the moved ones, and unread entries. */
    @Test
    void whatIsStillPendingStaysInTheStream() {
        List<StreamEntry> frames = new ArrayList<>(capture.frames(30));
        List<StreamEntry> pending = List.of(frames.get(0), frames.get(9), frames.get(29));
        frames.removeAll(pending);
        redis.call("XCLAIM", KEYS.capture(), GROUP, "instance-2", 0, pending.getFirst().id().toString());
        redis.add(KEYS.capture(), Fields.ofText("frame_id", "unread", "camera_id", "cam"));
        Collections.reverse(frames);
        assertThat(moveAll(Map.of(A, 99), frames, A).outcomes()).containsOnly(MOVED);
        assertThat(capture.pending()).containsExactlyElementsOf(pending.stream().map(StreamEntry::id).toList());
        assertThat(redis.column(KEYS.capture(), "frame_id")).containsExactly("f1", "f10", "f30", "unread");
        redis.call("XACK", KEYS.capture(), GROUP, pending.getFirst().id().toString());
        assertThat(moveAll(Map.of(A, 99), pending, A).outcomes()).containsExactly(GONE, MOVED, MOVED);
        assertThat(redis.column(KEYS.capture(), "frame_id")).endsWith("unread").doesNotContain("f10", "f30");
    }

    @Test
    void anEntryTwiceInABatchMovesOnce() {
        StreamEntry frame = capture.frames(1).getFirst();
        assertThat(move(Map.of(A, 9, B, 9), to(frame, A), to(frame, B)).outcomes()).containsExactly(MOVED, GONE);
        assertThat(capture.queued(B)).isEmpty();
    }

    @Test
    void whatWasClaimedAwayMovesOnceWhoeverIsFirst() {
        List<StreamEntry> frames = capture.frames(2);
        for (StreamEntry frame : frames) {
            redis.call("XCLAIM", KEYS.capture(), GROUP, "instance-2", 0, frame.id().toString());
        }
        assertThat(moveAll(Map.of(A, 9), frames, A).outcomes()).containsOnly(MOVED);
        assertThat(moveAll(Map.of(B, 9), frames, B).outcomes()).containsOnly(GONE);
        assertThat(capture.queued(B)).isEmpty();
    }

    @Test
    void withoutItsGroupOrItsStreamAFrameIsGone() {
        List<StreamEntry> frames = capture.frames(1);
        redis.call("XGROUP", "DESTROY", KEYS.capture(), GROUP);
        assertThat(moveAll(Map.of(A, 9), frames, A).outcomes()).containsExactly(GONE);
        redis.call("DEL", KEYS.capture());
        assertThat(moveAll(Map.of(A, 9), frames, A).outcomes()).containsExactly(GONE);
        assertThat(redis.length(KEYS.capture()) + redis.length(A)).isZero();
    }

    @Test
    void aQueueThatIsOverItsCapacityHasNoRoomUntilItIsBelow() {
        List<StreamEntry> frames = capture.frames(3);
        moveAll(Map.of(A, 3), frames, A);
        List<Integer> room = new ArrayList<>();
        for (StreamEntry part : redis.entries(A)) {
            Move moves = new Move.ToQueues(part.id(), part.id(), "cam",
                    List.of(new Move.QueueTarget(B, CaptureStream.queued(part, part.id()))));
            room.add(Objects
                    .requireNonNull(handOff.begin(redis.connection(), new HandOff.HandOffBatch(FrameSource.queue(A),
                            Map.of(A, 1, B, 9), null, List.of(moves))).await().room().get(A)));
        }
        assertThat(room).containsExactly(0, 0, 1);
    }

    @Test
    void anotherReaderOfTheCaptureStreamKeepsTheEntry() {
        List<StreamEntry> frames = capture.frames(2);
        redis.call("XGROUP", "CREATE", KEYS.capture(), "recorder", "0");
        assertThat(moveAll(Map.of(A, 9), frames, A).outcomes()).containsOnly(MOVED);
        assertThat(redis.length(KEYS.capture())).isEqualTo(2);
        assertThat(capture.pending()).isEmpty();
        assertThat(moveAll(Map.of(A, 9), frames, A).outcomes()).containsOnly(GONE);
    }

    @Test
    void framesWithManyAndBinaryFieldsArriveByteForByte() {
        byte[] value = new byte[70_000];
        for (int i = 0; i < value.length; i++) {
            value[i] = (byte) i;
        }
        Fields.Writer writer = new Fields.Writer(2000).put("frame_id", "f").put("camera_id", "cam");
        for (int i = 0; i < 998; i++) {
            int length = List.of(0, 1, 31, 32, 255, 256, i, 70_000).get(i % 8) / (i % 8 == 7 && i > 20 ? 100 : 1);
            writer.put(("field\0" + i).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1),
                    Arrays.copyOf(value, length));
        }
        Fields fields = writer.fields();
        EntryId id = big(fields);
        assertThat(move(Map.of(A, 9),
                new Move.ToQueues(id, id, "cam",
                        List.of(new Move.QueueTarget(A, fields), new Move.QueueTarget(A, fields))))
                .outcomes()).containsExactly(MOVED);
        assertThat(redis.entries(A)).extracting(entry -> Objects.requireNonNull(entry.fields())
                .without(FieldNames.of(QueuedFrame.SIGNATURE)).fields()).containsExactly(fields, fields);
    }

    private EntryId big(Fields fields) {
        capture.frames(0);
        EntryId id = redis.add(KEYS.capture(), fields);
        redis.call("XREADGROUP", "GROUP", GROUP, "instance-1", "STREAMS", KEYS.capture(), ">");
        return id;
    }

    @Test
    void anInvalidFrameOfTenThousandFieldsIsNotLostOnItsWayToTheDeadLetters() {
        Fields.Writer letter = new Fields.Writer(20_010);
        for (int i = 0; i < 10_000; i++) {
            letter.put("f" + i, "v");
        }
        EntryId id = big(letter.fields());
        StreamEntry after = capture.frames(1).getFirst();
        letter.put("dead_reason", "invalid");
        assertThat(move(Map.of(A, 9), new Move.ToDeadLetters(id, id, "unknown", letter.fields()), to(after, A))
                .outcomes()).containsExactly(MOVED, MOVED);
        assertThat(redis.column(KEYS.deadLetter(), "dead_reason")).containsExactly("invalid");
        assertThat(redis.column(KEYS.deadLetter(), "f0")).containsExactly("v");
        assertThat(capture.queued(A)).hasSize(1);
        assertThat(capture.pending()).isEmpty();
    }

    @Test
    void aQueueWhoseIdsAreUsedUpGivesItsFramesBack() {
        redis.call("XADD", A, LAST, "frame_id", "last");
        List<StreamEntry> frames = capture.frames(3);
        HandOff.BatchOutcome outcome = move(Map.of(A, 9, B, 9), to(frames.get(0), A), to(frames.get(1), A, B),
                to(frames.get(2), B));
        assertThat(outcome.room()).containsEntry(A, -1);
        List<String> places = new ArrayList<>(capture.queued(KEYS.returned()));
        places.addAll(capture.queued(B));
        for (EntryId pending : capture.pending()) {
            places.add(frames.stream().filter(frame -> frame.id().equals(pending)).map(CaptureStream::name).findAny()
                    .orElseThrow());
        }
        assertThat(places).contains("f1", "f2", "f3").hasSizeBetween(3, 4);
        assertThat(capture.queued(A)).containsExactly("last");
        assertThat(redis.entries(KEYS.returned()))
                .allSatisfy(entry -> assertThat(Objects.requireNonNull(entry.fields()).text("return_kind"))
                        .isEqualTo("retry"));
    }

    @Test
    void deadLettersWhoseIdsAreUsedUpLoseNoFrame() {
        redis.call("XADD", KEYS.deadLetter(), LAST, "frame_id", "last");
        List<StreamEntry> frames = capture.frames(2);
        StreamEntry dead = frames.getFirst();
        assertThat(move(Map.of(A, 9),
                new Move.ToDeadLetters(dead.id(), dead.id(), "cam", CaptureStream.queued(dead, dead.id())),
                to(frames.get(1), A)).outcomes()).containsExactly(CLOSED, MOVED);
        assertThat(capture.pending()).containsExactly(dead.id());
        assertThat(redis.hash(KEYS.ledger())).isEmpty();
    }

    @Test
    void eightThousandQueuesInABatchAreAnswered() {
        Map<String, Integer> capacities = new java.util.HashMap<>();
        for (int i = 0; i < 9_000; i++) {
            capacities.put("frames:ready:" + i, i);
        }
        WorkQueue.ensure(redis.connection(), "frames:ready:7");
        HandOff.BatchOutcome outcome = moveAll(capacities, capture.frames(1), "frames:ready:7");
        assertThat(outcome.outcomes()).containsExactly(MOVED);
        capacities.replaceAll((queue, _) -> queue.equals("frames:ready:7") ? 6 : -1);
        assertThat(outcome.room()).isEqualTo(capacities);
    }

    @Test
    void aFrameWithoutATargetIsAFaultOfOurs() {
        assertThatThrownBy(() -> new Move.ToQueues(EntryId.FIRST, EntryId.FIRST, "cam", List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTargetWithoutACapacityIsAFaultOfOursAndNothingHappens() {
        StreamEntry frame = capture.frames(1).getFirst();
        assertThatThrownBy(() -> move(Map.of(A, 1), to(frame, A, B))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(B);
        assertThat(move(Map.of(A, 1), to(frame, A)).outcomes()).containsExactly(MOVED);
    }
}
