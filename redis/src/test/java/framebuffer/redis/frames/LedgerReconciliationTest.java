package framebuffer.redis.frames;

import static framebuffer.redis.testing.CaptureStream.CONSUMER;
import static framebuffer.redis.testing.CaptureStream.GROUP;
import static framebuffer.redis.testing.CaptureStream.KEYS;
import static framebuffer.redis.testing.CaptureStream.SOURCE;
import static framebuffer.redis.testing.CaptureStream.to;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.StreamEntry;
import framebuffer.redis.frames.LedgerReconciliation.Change;
import framebuffer.redis.frames.LedgerReconciliation.CountKind;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.handoff.HandOff;
import framebuffer.redis.handoff.Move;
import framebuffer.redis.queues.AnswerWriter;
import framebuffer.redis.queues.AnswerWriter.AnswerRoute;
import framebuffer.redis.queues.QueueSweep;
import framebuffer.redis.testing.CaptureStream;
import framebuffer.redis.testing.Processing;
import framebuffer.redis.testing.TestRedis;
import framebuffer.wire.frame.ReturnedFrame;
import framebuffer.wire.text.Fields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** After any change of our keys by others, the next reconciliation counts it, and the ledger balances. */
class LedgerReconciliationTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final String A = "frames:ready:a";
    private static final String B = "frames:ready:b";
    private static final Map<String, String> PROCESSORS = Map.of(A, "face-1", B, "ocr-1");

    private final HandOff handOff = new HandOff(KEYS, CONSUMER, HandOff.HandOffLimits.DEFAULT);
    private final CaptureStream capture = new CaptureStream(redis);
    private final QueueSweep sweep = new QueueSweep(KEYS);
    private final Processing face = processor(A, "face-1");
    private final Processing ocr = processor(B, "ocr-1");

    private static Processing processor(String queue, String id) {
        return new Processing(redis, KEYS,
                new AnswerRoute(queue, "g", id, KEYS.results(), AnswerWriter.RESULTS_KEPT));
    }

    @BeforeEach
    void prepare() {
        handOff.prepare(redis.connection());
    }

    private List<StreamEntry> captured(int frames, String camera) {
        List<StreamEntry> all = capture.frames(frames, camera);
        handOff(Map.of(camera, frames), all.getLast(), List.of());
        return all;
    }

    private void handOff(Map<String, Integer> counts, StreamEntry last, List<Move> moves) {
        handOff.begin(redis.connection(), new HandOff.HandOffBatch(SOURCE, Map.of(A, 1000, B, 1000),
                new HandOff.CapturedFrames(CONSUMER, capture.cursor(CONSUMER), last.id(), counts), moves))
                .await();
    }

    private void queued(int frames, String camera, String... queues) {
        List<StreamEntry> all = capture.frames(frames, camera);
        handOff(Map.of(camera, frames), all.getLast(), all.stream().map(frame -> (Move) to(frame, queues)).toList());
        swept();
    }

    private void swept() {
        sweep.sweep(redis.connection(), PROCESSORS);
    }

    private LedgerReconciliation settle() {
        swept();
        return settle(PROCESSORS);
    }

    private static LedgerReconciliation settle(Map<String, String> registered) {
        return LedgerReconciliation.settle(redis.connection(),
                new LedgerReconciliation.LedgerScope(KEYS, GROUP, 1000, registered),
                LedgerReconciliation.ReconcileDepth.SWEEP);
    }

    private static Map<String, Long> total() {
        Map<String, Long> total = new HashMap<>();
        LedgerReader.LedgerReading reading = LedgerReader.read(redis.connection(), KEYS, GROUP, List.of(A, B));
        reading.counts().values().forEach(counts -> counts.forEach((what, n) -> total.merge(what, n, Long::sum)));
        total.values().removeIf(n -> n == 0);
        long open = total.getOrDefault("captured", 0L) - total.getOrDefault("done", 0L)
                - total.getOrDefault("lost", 0L) - total.getOrDefault("dead", 0L);
        assertThat(reading.underWay()).as("%s", reading).isEqualTo(open).isNotNegative();
        return total;
    }

    private static Map<String, Long> camera(String camera) {
        Map<String, Long> counts = new HashMap<>(LedgerReader.counts(redis.connection(), KEYS).getOrDefault(camera,
                Map.of()));
        counts.values().removeIf(n -> n == 0);
        return counts;
    }

    private static void delete(String queue, StreamEntry entry) {
        redis.call("XDEL", queue, entry.id().toString());
    }

    private static void acknowledgeAndDelete(String queue, StreamEntry entry) {
        redis.call("MULTI");
        redis.call("XACK", queue, "g", entry.id().toString());
        redis.call("XDEL", queue, entry.id().toString());
        redis.call("EXEC");
    }

    @Test
    void whereNothingIsMissingNothingIsSettled() {
        queued(20, "cam", A);
        face.read(5).subList(0, 3).forEach(face::done);
        captured(3, "other-cam");
        assertThat(settle().changes()).isEmpty();
        assertThat(total()).isEqualTo(Map.of("captured", 23L, "done", 3L));
    }

    @Test
    void whatAProcessorAcknowledgesAndDeletesIsDone() {
        queued(10, "cam", A);
        face.read(6).subList(0, 4).forEach(entry -> acknowledgeAndDelete(A, entry));
        assertThat(settle().changes()).containsExactly(new Change(A, "face-1", CountKind.DONE, 4));
        assertThat(camera("cam")).isEqualTo(Map.of("captured", 10L, "done", 4L));
        total();
        assertThat(settle().changes()).isEmpty();
    }

    @Test
    void aFrameThatAProcessorAcknowledgesAndDeletesIsASuccessOfItsCircuit() {
        redis.call("HSET", KEYS.circuits(), "face-1", "half-open 5 0 0 failures", "ocr-1", "half-open 5 0 0 failures");
        queued(10, "cam", A);
        face.read(6).subList(0, 4).forEach(entry -> acknowledgeAndDelete(A, entry));
        settle();
        assertThat(redis.hash(KEYS.circuits())).containsEntry("face-1", "half-open 5 1 0 failures")
                .containsEntry("ocr-1", "half-open 5 0 0 failures");
    }

    @Test
    void whoHasAlwaysAnsweredOtherwiseIsDoneToo() {
        queued(30, "cam", A);
        face.read(10).forEach(face::done);
        settle();
        face.read(10).forEach(entry -> acknowledgeAndDelete(A, entry));
        face.read(5);
        assertThat(settle().changes()).containsExactly(new Change(A, "face-1", CountKind.DONE, 10));
        assertThat(total()).isEqualTo(Map.of("captured", 30L, "done", 20L));
    }

    @Test
    void whatWeTookUnreadMeanwhileDoesNotMakeADoneFrameLost() {
        queued(20, "cam", A);
        List<StreamEntry> read = face.read(5);
        settle();
        List<Move> shed = redis.entries(A).subList(10, 20).stream()
                .map(entry -> (Move) new Move.Shed(entry.id(), entry.id(), "cam", "expired", Fields.ofText("a", "b")))
                .toList();
        handOff.begin(redis.connection(), new HandOff.HandOffBatch(FrameSource.queue(A), Map.of(A, 1000), null, shed))
                .await();
        read.forEach(entry -> acknowledgeAndDelete(A, entry));
        assertThat(settle().changes()).containsExactly(new Change(A, "face-1", CountKind.DONE, 5));
        face.read(5).forEach(entry -> acknowledgeAndDelete(A, entry));
        settle();
        redis.call("HDEL", KEYS.taken(), "unread:" + A);
        queued(10, "cam", A);
        face.read(10).forEach(entry -> acknowledgeAndDelete(A, entry));
        assertThat(settle().changes()).containsExactly(new Change(A, "face-1", CountKind.DONE, 10));
    }

    /** After that, Redis's count of read entries is too low. */
    @Test
    void whereRedisWasStartedAnewWhatWasReadIsNotTakenForLost() {
        queued(20, "cam", A);
        List<StreamEntry> read = face.read(15);
        read.forEach(face::done);
        settle();
        redis.call("XGROUP", "SETID", A, "g", read.getLast().id().toString(), "ENTRIESREAD", 2);
        redis.call("HSET", KEYS.taken(), "stood:" + A, "another 15 0 0");
        face.read(4).forEach(entry -> acknowledgeAndDelete(A, entry));
        assertThat(settle().changes()).containsExactly(new Change(A, "face-1", CountKind.DONE, 4));
        redis.entries(A).forEach(entry -> delete(A, entry));
        assertThat(settle().changes()).containsExactly(new Change(A, "face-1", CountKind.LOST, 1));
    }

    @Test
    void aKeyThatWasDeletedAndIsFilledAgainHasLostWhatWasInIt() {
        queued(20, "cam", A);
        face.read(12).forEach(face::done);
        settle();
        redis.call("DEL", A);
        queued(10, "cam", A);
        face.read(5).forEach(face::done);
        settle();
        assertThat(total()).isEqualTo(Map.of("captured", 30L, "done", 17L, "lost", 8L));
    }

    /** Random changes of a queue between two reconciliations, except reading past entries that were deleted unread. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void doneAndLostAreToldApartInWhateverOrderTheyCome(long seed) {
        Random random = new Random(seed);
        long done = 0;
        long lost = 0;
        List<StreamEntry> held = new ArrayList<>();
        for (int step = 0; step < 60; step++) {
            switch (random.nextInt(5)) {
                case 0 -> queued(1 + random.nextInt(20), "cam", A);
                case 1 -> held.addAll(face.read(1 + random.nextInt(10)));
                case 2 -> {
                    for (int i = random.nextInt(6); i > 0 && !held.isEmpty(); i--) {
                        StreamEntry entry = held.remove(random.nextInt(held.size()));
                        done++;
                        if (random.nextBoolean()) {
                            acknowledgeAndDelete(A, entry);
                        } else {
                            face.done(entry);
                        }
                    }
                }
                case 3 -> {
                    List<StreamEntry> unread = new ArrayList<>(redis.entries(A));
                    unread.removeAll(held);
                    for (int i = random.nextInt(3); i > 0 && !unread.isEmpty(); i--) {
                        delete(A, unread.removeFirst());
                        lost++;
                    }
                }
                default -> settle();
            }
        }
        settle();
        assertThat(total().getOrDefault("done", 0L)).isEqualTo(done);
        assertThat(total().getOrDefault("lost", 0L)).isEqualTo(lost);
    }

    @Test
    void whatIsDeletedWithoutAcknowledgementIsLostAndHoldsNoRoom() {
        queued(10, "cam", A);
        List<StreamEntry> read = face.read(6);
        delete(A, read.get(1));
        delete(A, read.get(4));
        assertThat(settle().changes()).containsExactly(new Change(A, "face-1", CountKind.LOST, 2));
        assertThat(camera("cam")).isEqualTo(Map.of("captured", 10L, "lost", 2L));
        assertThat(redis.pending(A, "g")).hasSize(4);
    }

    @Test
    void bothAtOnceAreToldApart() {
        queued(20, "cam", A);
        List<StreamEntry> read = face.read(8);
        swept();
        List<StreamEntry> unread = redis.entries(A).subList(8, 20);
        read.subList(0, 3).forEach(entry -> acknowledgeAndDelete(A, entry));
        delete(A, read.get(3));
        unread.subList(2, 7).forEach(entry -> delete(A, entry));
        face.done(read.get(7));
        settle();
        assertThat(total()).isEqualTo(Map.of("captured", 20L, "done", 4L, "lost", 6L));
        assertThat(camera("cam")).isEqualTo(total());
    }

    @Test
    void whoAnswersByOurScriptHasNotDoneWhatVanishedUnread() {
        queued(20, "cam", A);
        face.read(4).forEach(face::done);
        swept();
        List<StreamEntry> unread = redis.entries(A);
        unread.subList(0, 3).forEach(entry -> delete(A, entry));
        face.read(5).forEach(face::done);
        settle();
        assertThat(total()).isEqualTo(Map.of("captured", 20L, "done", 9L, "lost", 3L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"DEL", "XTRIM", "RENAME"})
    void aQueueThatIsEmptiedUnreadLosesAll(String command) {
        queued(100, "cam", A);
        queued(5, "cam", B);
        Object[] how = switch (command) {
            case "XTRIM" -> new Object[]{A, "MAXLEN", 0};
            case "RENAME" -> new Object[]{A, "elsewhere"};
            default -> new Object[]{A};
        };
        redis.call(command, how);
        assertThat(settle().changes()).containsExactly(new Change(A, "face-1", CountKind.LOST, 100));
        assertThat(total()).isEqualTo(Map.of("captured", 105L, "lost", 100L));
    }

    @Test
    void aGroupThatIsDestroyedLosesNothing() {
        queued(10, "cam", A);
        face.read(4);
        redis.call("XGROUP", "DESTROY", A, "g");
        assertThat(settle().changes()).isEmpty();
        assertThat(total()).isEqualTo(Map.of("captured", 10L));
    }

    @Test
    void whatWaitsInTheCaptureStreamIsLostWithItsKey() {
        captured(500, "cam");
        redis.call("DEL", KEYS.capture());
        assertThat(settle().changes()).containsExactly(new Change(KEYS.capture(), "", CountKind.LOST, 500));
        assertThat(camera("cam")).isEqualTo(Map.of("captured", 500L, "lost", 500L));
        total();
    }

    @Test
    void whatIsReadAgainByAGroupMadeAnewHasNotVanished() {
        captured(7, "cam");
        redis.call("XGROUP", "DESTROY", KEYS.capture(), GROUP);
        assertThat(settle().changes()).isEmpty();
        redis.call("XGROUP", "CREATE", KEYS.capture(), GROUP, "0");
        redis.call("XREADGROUP", "GROUP", GROUP, CONSUMER, "COUNT", 3, "STREAMS", KEYS.capture(), ">");
        assertThat(settle().changes()).isEmpty();
        redis.call("XREADGROUP", "GROUP", GROUP, CONSUMER, "STREAMS", KEYS.capture(), ">");
        assertThat(settle().changes()).isEmpty();
        assertThat(total()).isEqualTo(Map.of("captured", 7L));
    }

    @Test
    void whatWasGivenBackIsLostWithItsKey() {
        queued(6, "cam", A);
        face.read(6).forEach(entry -> face.returned(entry, ReturnedFrame.ReturnReason.RETRY));
        redis.call("DEL", KEYS.returned());
        assertThat(settle().changes()).containsExactly(new Change(KEYS.returned(), "", CountKind.LOST, 6));
        assertThat(total()).isEqualTo(Map.of("captured", 6L, "lost", 6L));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void lostPartsLoseTheirFrameOnceAlsoAfterTheirProcessorsLeft(boolean registered) {
        queued(10, "cam", A, B);
        redis.entries(A).forEach(entry -> delete(A, entry));
        redis.entries(B).forEach(entry -> delete(B, entry));
        settle(registered ? PROCESSORS : Map.of());
        assertThat(total()).isEqualTo(Map.of("captured", 10L, "lost", 10L));
        assertThat(redis.hash(KEYS.parts())).isEmpty();
    }

    @Test
    void aFrameOfWhichOnePartIsLostIsLostWhenTheOtherIsDone() {
        queued(4, "cam", A, B);
        delete(A, face.read(4).get(2));
        settle();
        assertThat(total()).isEqualTo(Map.of("captured", 4L));
        ocr.read(4).forEach(ocr::done);
        face.read(0);
        redis.entries(A).forEach(face::done);
        assertThat(settle().changes()).isEmpty();
        assertThat(camera("cam")).isEqualTo(Map.of("captured", 4L, "done", 3L, "lost", 1L));
    }

    @Test
    void eachPartOfAFrameMayEndInAWayOfItsOwn() {
        queued(3, "cam", A, B, A);
        List<StreamEntry> read = face.read(6);
        acknowledgeAndDelete(A, read.get(0));
        face.returned(read.get(1), ReturnedFrame.ReturnReason.RETRY);
        face.done(read.get(2));
        redis.call("XTRIM", KEYS.returned(), "MAXLEN", 0);
        redis.call("XTRIM", B, "MAXLEN", 1);
        settle();
        assertThat(total()).isEqualTo(Map.of("captured", 3L, "lost", 1L));
        redis.call("DEL", A, B);
        settle();
        assertThat(total()).isEqualTo(Map.of("captured", 3L, "lost", 3L));
        assertThat(redis.hash(KEYS.parts())).isEmpty();
    }

    @Test
    void withoutTheHashOfPartsItBalancesAllTheSame() {
        queued(10, "cam", A, B);
        redis.call("DEL", KEYS.parts());
        settle();
        total();
        face.read(10).forEach(face::done);
        ocr.read(10).forEach(ocr::done);
        settle();
        total();
    }

    @Test
    void aLedgerThatIsDeletedBeginsWithWhatIsThere() {
        queued(10, "cam", A);
        face.read(3).forEach(face::done);
        redis.call("DEL", KEYS.ledger(), KEYS.taken());
        assertThat(settle().changes()).containsExactly(new Change(A, "face-1", CountKind.CAPTURED, 7));
        assertThat(total()).isEqualTo(Map.of("captured", 7L));
        face.read(7).forEach(face::done);
        settle();
        assertThat(total()).isEqualTo(Map.of("captured", 7L, "done", 7L));
    }

    @Test
    void framesThatNobodyHandedOffAreCountedBeforeTheyEnd() {
        captured(1, "cam");
        for (int i = 0; i < 300; i++) {
            redis.add(A,
                    Fields.ofText("frame_id", "forged", "camera_id", "cam", "capture_id", "1-" + (i + 1), "attempt",
                            "1"));
        }
        face.read(300).forEach(face::done);
        settle();
        assertThat(total()).isEqualTo(Map.of("captured", 301L, "done", 300L));
        assertThat(camera("cam")).isEqualTo(total());
    }

    @Test
    void severalGroupsOnAQueueLoseOrDoAFrameOnce() {
        queued(6, "cam", A);
        redis.call("XGROUP", "CREATE", A, "second", "0");
        List<StreamEntry> read = face.read(6);
        redis.call("XREADGROUP", "GROUP", "second", "c", "STREAMS", A, ">");
        delete(A, read.get(0));
        acknowledgeAndDelete(A, read.get(1));
        redis.call("XACK", A, "second", read.get(2).id().toString());
        acknowledgeAndDelete(A, read.get(2));
        settle();
        assertThat(total()).isEqualTo(Map.of("captured", 6L, "done", 2L, "lost", 1L));
        assertThat(redis.pending(A, "second")).hasSize(3);
    }

    @Test
    void whatWasChangedIsKeptWithinABound() {
        for (int i = 0; i < LedgerReconciliation.CHANGES_KEPT + 5; i++) {
            queued(1, "cam", A);
            redis.call("DEL", A);
            settle();
        }
        assertThat(redis.length(KEYS.ledgerChanges())).isEqualTo(LedgerReconciliation.CHANGES_KEPT);
    }

    @Test
    void triedDryItChangesNothingAndSaysWhatItWould() {
        queued(10, "cam", A);
        delete(A, face.read(5).getFirst());
        Map<String, String> before = redis.everything();
        LedgerReconciliation dry = LedgerReconciliation.settle(redis.connection(),
                new LedgerReconciliation.LedgerScope(KEYS, GROUP, 1000, PROCESSORS),
                LedgerReconciliation.ReconcileDepth.NOBODY);
        assertThat(dry.changes()).containsExactly(new Change(A, "face-1", CountKind.LOST, 1));
        assertThat(redis.everything()).isEqualTo(before);
    }
}
