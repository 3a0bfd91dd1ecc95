package framebuffer.redis.handoff;

import static framebuffer.redis.handoff.Move.MoveOutcome.CLOSED;
import static framebuffer.redis.handoff.Move.MoveOutcome.FULL;
import static framebuffer.redis.handoff.Move.MoveOutcome.GONE;
import static framebuffer.redis.handoff.Move.MoveOutcome.MOVED;
import static framebuffer.redis.testing.CaptureStream.CONSUMER;
import static framebuffer.redis.testing.CaptureStream.KEYS;
import static framebuffer.redis.testing.CaptureStream.SOURCE;
import static framebuffer.redis.testing.CaptureStream.to;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.StreamEntry;
import framebuffer.redis.testing.CaptureStream;
import framebuffer.redis.testing.TestRedis;
import framebuffer.wire.EntryId;
import framebuffer.wire.text.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The records that a hand-off writes: the ledger, the parts, the dead letters. */
@ParameterizedClass(name = "with {0} frames or more in a transaction")
@ValueSource(ints = {1, Integer.MAX_VALUE})
class HandOffCountTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final String A = "frames:ready:a";
    private static final String B = "frames:ready:b";
    private static final Map<String, Integer> ROOM = Map.of(A, 100, B, 100);

    private final HandOff handOff;
    private final CaptureStream capture = new CaptureStream(redis);

    HandOffCountTest(int fewestInTransaction) {
        handOff = new HandOff(KEYS, CONSUMER, HandOff.HandOffLimits.DEFAULT, fewestInTransaction);
    }

    @BeforeEach
    void prepare() {
        handOff.prepare(redis.connection());
    }

    private List<Move.MoveOutcome> move(HandOff.@Nullable CapturedFrames captured, Move... moves) {
        return handOff.begin(redis.connection(), new HandOff.HandOffBatch(SOURCE, ROOM, captured, List.of(moves)))
                .await()
                .outcomes();
    }

    private HandOff.CapturedFrames counted(StreamEntry last, Map<String, Integer> perCamera) {
        return new HandOff.CapturedFrames(CONSUMER, capture.cursor(CONSUMER), last.id(), perCamera);
    }

    private static Move dead(StreamEntry frame) {
        return new Move.ToDeadLetters(frame.id(), frame.id(), CaptureStream.camera(frame),
                CaptureStream.queued(frame, frame.id()));
    }

    @Test
    void capturedFramesAreCountedPerCameraWithTheCursor() {
        List<StreamEntry> frames = capture.frames(2, "a:1");
        StreamEntry last = capture.frames(1, "b").getFirst();
        move(counted(last, Map.of("a:1", 2, "b", 1)), to(frames.get(0), A));
        assertThat(redis.hash(KEYS.ledger())).isEqualTo(
                Map.of("captured:a:1", "2", "captured:b", "1", "counted", "3", "cursor:" + CONSUMER,
                        last.id().toString()));
    }

    @Test
    void framesAreCountedAlsoWhenNoneIsMoved() {
        redis.call("SET", B, "no stream");
        StreamEntry frame = capture.frames(1).getFirst();
        assertThat(move(counted(frame, Map.of("cam", 1)), to(frame, B))).containsExactly(CLOSED);
        assertThat(redis.hash(KEYS.ledger())).containsEntry("captured:cam", "1");
    }

    @Test
    void camerasBeyondTheLimitAreCountedTogether() {
        HandOff few = new HandOff(KEYS, CONSUMER, new HandOff.HandOffLimits(3, 10, 10, 100));
        for (int i = 0; i < 6; i++) {
            StreamEntry frame = capture.frames(1, "cam" + i).getFirst();
            few.begin(redis.connection(), new HandOff.HandOffBatch(SOURCE, ROOM, counted(frame, Map.of("cam" + i, 1)),
                    List.of(dead(frame)))).await();
        }
        Map<String, String> ledger = redis.hash(KEYS.ledger());
        assertThat(ledger).hasSizeLessThan(10);
        assertThat(sum(ledger, "captured:")).isEqualTo(6);
        assertThat(sum(ledger, "dead:")).isEqualTo(6);
        ledger.forEach((field, n) -> {
            if (field.startsWith("dead:")) {
                assertThat(ledger).containsEntry(field.replace("dead:", "captured:"), n);
            }
        });
    }

    private static int sum(Map<String, String> ledger, String prefix) {
        return ledger.entrySet().stream().filter(field -> field.getKey().startsWith(prefix))
                .mapToInt(field -> Integer.parseInt(field.getValue())).sum();
    }

    @Test
    void aLostFrameIsAcknowledgedAndCounted() {
        StreamEntry frame = capture.frames(1).getFirst();
        redis.call("XDEL", KEYS.capture(), frame.id().toString());
        Move lost = new Move.Lost(frame.id(), frame.id(), "cam");
        assertThat(move(counted(frame, Map.of("cam", 1)), lost, lost)).containsExactly(MOVED, GONE);
        assertThat(redis.hash(KEYS.ledger())).containsEntry("lost:cam", "1");
        assertThat(capture.pending()).isEmpty();
    }

    @Test
    void aDeadLetterIsWrittenOnceAndCounted() {
        StreamEntry frame = capture.frames(1).getFirst();
        assertThat(move(counted(frame, Map.of("cam", 1)), dead(frame), dead(frame))).containsExactly(MOVED, GONE);
        assertThat(redis.column(KEYS.deadLetter(), "frame_id")).containsExactly("f1");
        assertThat(redis.hash(KEYS.ledger())).containsEntry("dead:cam", "1");
        assertThat(redis.length(KEYS.capture())).isZero();
    }

    @Test
    void theEndOfAFrameWhoseGroupIsGoneIsNotCounted() {
        StreamEntry frame = capture.frames(1).getFirst();
        redis.call("XGROUP", "DESTROY", KEYS.capture(), CaptureStream.GROUP);
        assertThat(move(null, dead(frame), new Move.Lost(frame.id(), frame.id(), "cam"))).containsOnly(GONE);
        assertThat(redis.hash(KEYS.ledger())).isEmpty();
        assertThat(redis.length(KEYS.deadLetter())).isZero();
    }

    @Test
    void aCameraNeverCapturedEndsAsOther() {
        StreamEntry frame = capture.frames(1).getFirst();
        move(null, dead(frame));
        assertThat(redis.hash(KEYS.ledger())).isEqualTo(Map.of("dead:other", "1"));
    }

    @Test
    void deadLettersAreBounded() {
        HandOff few = new HandOff(KEYS, CONSUMER, new HandOff.HandOffLimits(100, 50, 50, 100));
        for (int i = 0; i < 10; i++) {
            List<Move> moves = capture.frames(100).stream().map(HandOffCountTest::dead).toList();
            few.begin(redis.connection(), new HandOff.HandOffBatch(SOURCE, Map.of(), null, moves)).await();
        }
        assertThat(redis.length(KEYS.deadLetter())).isBetween(50L, 250L);
        assertThat(redis.column(KEYS.deadLetter(), "frame_id")).endsWith("f999", "f1000");
        assertThat(redis.hash(KEYS.ledger())).containsEntry("dead:other", "1000");
    }

    @Test
    void thePartsOfAFrameAreKept() {
        List<StreamEntry> frames = capture.frames(3);
        move(null, to(frames.get(0), A), to(frames.get(1), A, B), to(frames.get(2), A, B, A));
        List<String> a = redis.entries(A).stream().map(entry -> " >" + A + "=" + entry.id()).toList();
        List<String> b = redis.entries(B).stream().map(entry -> " >" + B + "=" + entry.id()).toList();
        assertThat(redis.hash(KEYS.parts())).isEqualTo(
                Map.of(frames.get(1).id().toString(), "2" + a.get(1) + b.get(0), frames.get(2).id().toString(),
                        "3" + a.get(2) + b.get(1) + a.get(3)));
        assertThat(redis.hash(KEYS.ledger())).containsEntry("extra_parts", "3");
    }

    @Test
    void aReturnedPartThatDiesEndsItsFrameOnlyWithTheLastPart() {
        StreamEntry frame = capture.frames(1).getFirst();
        move(counted(frame, Map.of("cam", 1)), to(frame, A, B));
        for (String queue : List.of(A, B)) {
            FrameSource source = FrameSource.queue(queue);
            redis.call("XGROUP", "CREATE", queue, "g", "0");
            redis.call("XREADGROUP", "GROUP", "g", "x", "STREAMS", queue, ">");
            StreamEntry part = redis.entries(queue).getFirst();
            Move dies = new Move.ToDeadLetters(part.id(), frame.id(), "cam", CaptureStream.queued(part, frame.id()));
            assertThat(redis.hash(KEYS.ledger())).doesNotContainKey("dead:cam");
            assertThat(
                    handOff.begin(redis.connection(), new HandOff.HandOffBatch(source, Map.of(), null, List.of(dies)))
                            .await().outcomes())
                    .containsExactly(MOVED);
            assertThat(redis.length(queue)).isZero();
        }
        assertThat(redis.hash(KEYS.ledger())).containsEntry("dead:cam", "1").containsEntry("extra_parts", "0");
        assertThat(redis.hash(KEYS.parts()).values()).as("while its dead letters exist").singleElement().asString()
                .matches("0 dead@\\S+ dead@\\S+");
    }

    @Test
    void aQueueThatIsGivenUpIsEmptiedIntoOthersWithinTheirRoom() {
        List<StreamEntry> frames = capture.frames(3);
        move(null, frames.stream().map(frame -> to(frame, A)).toArray(Move[]::new));
        redis.call("XGROUP", "CREATE", A, "g", "0");
        redis.call("XGROUP", "CREATE", A, "watching", "0");
        redis.call("XREADGROUP", "GROUP", "g", "x", "STREAMS", A, ">");
        List<Move> moves = new ArrayList<>();
        for (StreamEntry part : redis.entries(A)) {
            moves.add(new Move.ToQueues(part.id(), EntryId.FIRST, "cam",
                    List.of(new Move.QueueTarget(B, CaptureStream.queued(part, EntryId.FIRST)))));
        }
        assertThat(handOff.begin(redis.connection(), new HandOff.HandOffBatch(FrameSource.queue(A),
                Map.of(B, 2), null, moves)).await().outcomes()).containsExactly(MOVED, MOVED, FULL);
        assertThat(capture.queued(A)).containsExactly("f3");
        assertThat(capture.queued(B)).containsExactly("f1", "f2");
    }

    @Test
    void whatSomebodyElseHasWrittenIntoLedgerAndPartsStopsNoFrame() {
        List<StreamEntry> frames = capture.frames(2);
        redis.call("HSET", KEYS.ledger(), "captured:cam", "many", "dead:cam", "nobody knows");
        redis.call("HSET", KEYS.parts(), frames.get(0).id().toString(), "what?", frames.get(1).id().toString(),
                "2 odd");
        assertThat(move(counted(frames.get(1), Map.of("cam", 2)), dead(frames.get(0)), dead(frames.get(1))))
                .containsOnly(MOVED);
        assertThat(redis.length(KEYS.deadLetter())).isEqualTo(2);
    }

    @Test
    void aLetterKeepsItsFields() {
        StreamEntry frame = capture.frames(1).getFirst();
        Fields letter = CaptureStream.queued(frame, frame.id());
        move(null, new Move.ToDeadLetters(frame.id(), frame.id(), "cam", letter));
        assertThat(redis.entries(KEYS.deadLetter())).extracting(StreamEntry::fields).containsExactly(letter);
    }
}
