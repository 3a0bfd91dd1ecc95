package framebuffer.redis.queues;

import static framebuffer.redis.testing.CaptureStream.GROUP;
import static framebuffer.redis.testing.CaptureStream.KEYS;
import static framebuffer.redis.testing.CaptureStream.SOURCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.redis.GroupReader;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.frames.LedgerReader;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.handoff.HandOff;
import framebuffer.redis.handoff.Move;
import framebuffer.redis.queues.AnswerWriter.AnswerRoute;
import framebuffer.redis.queues.DeadLetterStore.CleanupResult;
import framebuffer.redis.queues.DeadLetterStore.DeadLetterPage;
import framebuffer.redis.queues.DeadLetterStore.DeadLetterQuery;
import framebuffer.redis.queues.DeadLetterStore.FullDeadLetter;
import framebuffer.redis.queues.DeadLetterStore.ListOrder;
import framebuffer.redis.queues.DeadLetterStore.StoredDeadLetter;
import framebuffer.redis.testing.CaptureStream;
import framebuffer.redis.testing.Processing;
import framebuffer.redis.testing.TestRedis;
import framebuffer.wire.EntryId;
import framebuffer.wire.frame.DeadLetter;
import framebuffer.wire.frame.DeadLetter.DeadLetterReason;
import framebuffer.wire.frame.ReturnedFrame;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Dead letters can be inspected, requeued and deleted; the ledger stays correct. */
class DeadLetterStoreTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final String A = "frames:ready:a";
    private static final String B = "frames:ready:b";
    private static final FrameSource RETURNED = new FrameSource(KEYS.returned(), GROUP,
            FrameSource.SourceKind.RETURNED);
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    private final DeadLetterStore store = new DeadLetterStore(KEYS);
    private final HandOff handOff = new HandOff(KEYS, CaptureStream.CONSUMER,
            new HandOff.HandOffLimits(1_000, 100, 100, 100));
    private final CaptureStream capture = new CaptureStream(redis);
    private final GroupReader returns = new GroupReader(KEYS.returned(), GROUP, CaptureStream.CONSUMER);
    private final Processing a = processor(A);
    private final Processing b = processor(B);

    @BeforeEach
    void prepare() {
        handOff.prepare(redis.connection());
        returns.ensureGroup(redis.connection());
    }

    private static Processing processor(String queue) {
        return new Processing(redis, KEYS,
                new AnswerRoute(queue, "g", queue, KEYS.results(), AnswerWriter.RESULTS_KEPT));
    }

    private StreamEntry captured() {
        StreamEntry frame = capture.frames(1).getFirst();
        handOff.begin(redis.connection(), new HandOff.HandOffBatch(SOURCE, Map.of(),
                new HandOff.CapturedFrames(CaptureStream.CONSUMER, capture.cursor(CaptureStream.CONSUMER), frame.id(),
                        Map.of("cam", 1)),
                List.of())).await();
        return frame;
    }

    private void move(FrameSource source, Move move) {
        assertThat(handOff.begin(redis.connection(), new HandOff.HandOffBatch(source, Map.of(A, 10, B, 10), null,
                List.of(move))).await().outcomes()).containsExactly(Move.MoveOutcome.MOVED);
    }

    private void dies(FrameSource source, StreamEntry entry, DeadLetterReason reason) {
        Fields fields = Objects.requireNonNull(entry.fields());
        DeadLetter letter = new DeadLetter(fields, reason, "because", NOW,
                new DeadLetter.DeadLetterSource(source.stream(), entry.id()), 3);
        move(source, new Move.ToDeadLetters(entry.id(),
                DeadLetter.captureId(fields, entry.id(), source.kind() == FrameSource.SourceKind.CAPTURE), "cam",
                letter.encode()));
    }

    /** A frame that was handed to both processors, and is dead at each named one. */
    private void diesAt(Processing... where) {
        StreamEntry frame = captured();
        move(SOURCE, CaptureStream.to(frame, A, B));
        for (Processing processor : where) {
            rejects(processor);
        }
    }

    private void rejects(Processing processor) {
        processor.returned(processor.read(1).getFirst(), ReturnedFrame.ReturnReason.REJECTED);
        dies(RETURNED, returns.readNew(redis.connection(), 1, Duration.ZERO).getFirst(), DeadLetterReason.REJECTED);
    }

    private List<StoredDeadLetter> all() {
        return store.list(redis.connection(), new DeadLetterQuery(ListOrder.OLDEST_FIRST, null, null, null, 200))
                .letters();
    }

    private void requeue(StoredDeadLetter letter) {
        assertThat(store.requeue(redis.connection(), List.of(letter))).containsExactly(letter.id());
    }

    /** Hands the requeued frames to that queue and completes them there. */
    private void isDoneAt(Processing processor, String queue) {
        StreamEntry back = returns.readNew(redis.connection(), 1, Duration.ZERO).getFirst();
        Fields fields = Objects.requireNonNull(back.fields());
        EntryId captureId = DeadLetter.captureId(fields, back.id(), false);
        move(RETURNED, new Move.ToQueues(back.id(), captureId, "cam", List.of(new Move.QueueTarget(queue, fields))));
        assertThat(processor.done(processor.read(1).getFirst())).isTrue();
    }

    private void ledger(String... expected) {
        LedgerReader.LedgerReading reading = LedgerReader.read(redis.connection(), KEYS, GROUP, List.of(A, B));
        List<String> counts = new ArrayList<>();
        reading.counts().getOrDefault("cam", Map.of()).forEach((what, n) -> {
            if (n != 0) {
                counts.add(what + " " + n);
            }
        });
        if (reading.underWay() != 0) {
            counts.add("in flight " + reading.underWay());
        }
        assertThat(counts).containsExactlyInAnyOrder(expected);
    }

    @Test
    void aLetterThatBeginsAgainIsInFlightAndGoesWithItsHistory() {
        dies(SOURCE, captured(), DeadLetterReason.NO_PROCESSOR);
        ledger("captured 1", "dead 1");
        StoredDeadLetter letter = all().getFirst();
        requeue(letter);
        ledger("captured 1", "in flight 1");
        assertThat(all()).isEmpty();
        assertThat(store.requeue(redis.connection(), List.of(letter))).isEmpty();
        ReturnedFrame back = returned();
        assertThat(back.kind()).isEqualTo(ReturnedFrame.ReturnReason.RETRY);
        assertThat(back.queued().attempt()).isOne();
        assertThat(back.queued().captureId()).isEqualTo(letter.letter().source().id());
        assertThat(back.queued().frame().fields().text("dead_history"))
                .contains("no_processor", "because", "2026-11-23T12:00:00.000000Z");
        assertThat(back.queued().frame().fields().text("dead_reason")).isNull();
    }

    private static ReturnedFrame returned() {
        StreamEntry entry = redis.entries(KEYS.returned()).getFirst();
        return switch (ReturnedFrame.decode(entry.id(), Objects.requireNonNull(entry.fields()))) {
            case Decoded.Valid<ReturnedFrame>(ReturnedFrame back) -> back;
            case Decoded.Invalid<ReturnedFrame> invalid -> throw new AssertionError(invalid.detail());
        };
    }

    @Test
    void theOnePartThatIsDeadBeginsAgainAndTheFrameIsDoneWhenItIs() {
        diesAt(a);
        b.done(b.read(1).getFirst());
        ledger("captured 1", "dead 1");
        requeue(all().getFirst());
        ledger("captured 1", "in flight 1");
        isDoneAt(a, A);
        ledger("captured 1", "done 1");
        assertThat(redis.hash(KEYS.parts())).isEmpty();
    }

    @Test
    void aPartBeginsAgainWhileTheOtherIsStillOwed() {
        diesAt(a);
        ledger("captured 1", "in flight 1");
        requeue(all().getFirst());
        ledger("captured 1", "in flight 1");
        isDoneAt(a, A);
        ledger("captured 1", "in flight 1");
        b.done(b.read(1).getFirst());
        ledger("captured 1", "done 1");
    }

    @Test
    void ofTwoDeadPartsEachMayBeginAgain() {
        diesAt(a, b);
        ledger("captured 1", "dead 1");
        List<StoredDeadLetter> both = all();
        requeue(both.getFirst());
        ledger("captured 1", "in flight 1");
        isDoneAt(a, A);
        ledger("captured 1", "dead 1");
        requeue(both.getLast());
        ledger("captured 1", "in flight 1");
        isDoneAt(b, B);
        ledger("captured 1", "done 1");
        assertThat(redis.hash(KEYS.parts())).isEmpty();
    }

    @Test
    void bothPartsThatBeginAgainTogetherAreOneFrame() {
        diesAt(a, b);
        assertThat(store.requeue(redis.connection(), all())).hasSize(2);
        ledger("captured 1", "in flight 1");
        isDoneAt(a, A);
        ledger("captured 1", "in flight 1");
        diesAtAgain(b, B);
        ledger("captured 1", "dead 1");
        assertThat(all().getFirst().letter().history()).singleElement()
                .satisfies(past -> assertThat(past.reason()).isEqualTo(DeadLetterReason.REJECTED));
    }

    private void diesAtAgain(Processing processor, String queue) {
        StreamEntry back = returns.readNew(redis.connection(), 1, Duration.ZERO).getFirst();
        Fields fields = Objects.requireNonNull(back.fields());
        move(RETURNED, new Move.ToQueues(back.id(), DeadLetter.captureId(fields, back.id(), false), "cam",
                List.of(new Move.QueueTarget(queue, fields))));
        rejects(processor);
    }

    @Test
    void aPartThatIsGivenUpOnForGoodStaysDeadHoweverTheOtherEnds() {
        diesAt(a, b);
        List<StoredDeadLetter> both = all();
        assertThat(store.delete(redis.connection(), both.getFirst().id())).isTrue();
        assertThat(store.delete(redis.connection(), both.getFirst().id())).isFalse();
        requeue(both.getLast());
        isDoneAt(b, B);
        ledger("captured 1", "dead 1");
        assertThat(redis.hash(KEYS.parts())).isEmpty();
    }

    @Test
    void whatEndedWorseThanDeadEndsSoAgain() {
        diesAt(a);
        StreamEntry held = b.read(1).getFirst();
        redis.call("XDEL", B, held.id().toString());
        move(FrameSource.queue(B), new Move.Lost(held.id(),
                DeadLetter.captureId(Objects.requireNonNull(held.fields()), held.id(), false), "cam"));
        ledger("captured 1", "lost 1");
        requeue(all().getFirst());
        ledger("captured 1", "in flight 1");
        isDoneAt(a, A);
        ledger("captured 1", "lost 1");
    }

    @Test
    void aLetterThatSomebodyElseWroteBeginsAsANewFrame() {
        redis.add(KEYS.deadLetter(), new DeadLetter(Fields.ofText("frame_id", "f", "camera_id", "cam"),
                DeadLetterReason.INVALID, "", NOW, new DeadLetter.DeadLetterSource("elsewhere", EntryId.FIRST), 0)
                .encode());
        redis.call("HSET", KEYS.ledger(), "captured:cam", 0);
        requeue(all().getFirst());
        ledger("captured 1", "in flight 1");
    }

    @Test
    void whatItsProducerSaidInOurWordsIsNotTakenForOurs() {
        capture.frames(0);
        redis.add(KEYS.capture(), Fields.ofText("frame_id", "f", "camera_id", "cam", "capability", "mine",
                "enqueued_at", "never", "attempt", "x", "capture_id", "9-9", "detection_type", "face"));
        StreamEntry frame = new GroupReader(KEYS.capture(), GROUP, CaptureStream.CONSUMER)
                .readNew(redis.connection(), 1, Duration.ZERO).getFirst();
        dies(SOURCE, frame, DeadLetterReason.NO_PROCESSOR);
        assertThat(all().getFirst().letter().needs(KEYS.capture())).containsExactly("face");
        requeue(all().getFirst());
        ReturnedFrame back = returned();
        assertThat(back.queued().captureId()).isEqualTo(frame.id());
        assertThat(back.queued().frame().fields().text("capability")).isNull();
    }

    @Test
    void lettersAreListedNewestFirstByReasonAndPageByPage() {
        List<EntryId> ids = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            dies(SOURCE, captured(), i % 2 == 0 ? DeadLetterReason.INVALID : DeadLetterReason.REJECTED);
            ids.add(all().getLast().id());
        }
        redis.add(KEYS.deadLetter(), Fields.ofText("what", "is this?"));
        assertThat(ids(ListOrder.NEWEST_FIRST, null, 3)).isEqualTo(ids.reversed());
        assertThat(ids(ListOrder.OLDEST_FIRST, null, 2)).isEqualTo(ids);
        assertThat(ids(ListOrder.NEWEST_FIRST, DeadLetterReason.REJECTED, 1)).containsExactly(ids.get(5), ids.get(3),
                ids.get(1));
        assertThat(store
                .list(redis.connection(), new DeadLetterQuery(ListOrder.OLDEST_FIRST, ids.get(1), ids.get(3), null, 9))
                .letters()).extracting(StoredDeadLetter::id).containsExactly(ids.get(2), ids.get(3));
        assertThat(store.find(redis.connection(), List.of(ids.get(4), new EntryId(1, 1), ids.get(0))))
                .extracting(StoredDeadLetter::id).containsExactly(ids.get(4), ids.get(0));
    }

    private List<EntryId> ids(ListOrder order, @Nullable DeadLetterReason reason, int most) {
        List<EntryId> ids = new ArrayList<>();
        DeadLetterQuery query = new DeadLetterQuery(order, null, null, reason, most);
        for (DeadLetterPage page = store.list(redis.connection(), query);; page = store.list(redis.connection(),
                query.after(page.next()))) {
            page.letters().forEach(one -> ids.add(one.id()));
            if (page.next() == null) {
                return ids;
            }
        }
    }

    @Test
    void ofPixelsOnlyTheSizeIsShown() {
        redis.add(KEYS.deadLetter(), new DeadLetter(Fields.ofFlat(List.of(bytes("camera_id"), bytes("cam"),
                bytes("data"), new byte[100_000], bytes("odd"), new byte[]{-1, 0})), DeadLetterReason.INVALID,
                "no frame_id", NOW,
                new DeadLetter.DeadLetterSource(KEYS.capture(), new EntryId(5, 0)), 0).encode());
        StoredDeadLetter kept = all().getFirst();
        FullDeadLetter whole = store.show(redis.connection(), kept.id()).orElseThrow();
        assertThat(whole.kept()).isEqualTo(kept);
        assertThat(whole.fields()).containsExactly(new FullDeadLetter.FieldContent("camera_id", 3, "cam"),
                new FullDeadLetter.FieldContent("data", 100_000, null),
                new FullDeadLetter.FieldContent("odd", 2, null));
        assertThat(store.show(redis.connection(), EntryId.FIRST)).isEmpty();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    @Test
    void aStepReadsAndMovesABoundedNumberOfBytes() {
        byte[] pixels = new byte[2 << 20];
        for (int i = 0; i < 20; i++) {
            redis.add(KEYS.deadLetter(), new DeadLetter(Fields.ofFlat(List.of(bytes("camera_id"), bytes("cam"),
                    bytes("data"), pixels)), DeadLetterReason.INVALID, "", NOW,
                    new DeadLetter.DeadLetterSource(KEYS.capture(), new EntryId(i + 1, 0)), 1).encode());
        }
        DeadLetterPage first = store.list(redis.connection(),
                new DeadLetterQuery(ListOrder.OLDEST_FIRST, null, null, null, 50));
        assertThat(first.letters()).hasSizeBetween(1, 8);
        assertThat(first.next()).isNotNull();
        List<StoredDeadLetter> all = store.find(redis.connection(), ids(ListOrder.OLDEST_FIRST, null, 50));
        assertThat(all).hasSize(20);
        long before = scripts();
        assertThat(store.requeue(redis.connection(), all)).hasSize(20);
        assertThat(scripts() - before).isGreaterThanOrEqualTo(5);
        assertThat(redis.connection().call("XLEN", KEYS.deadLetter())).isEqualTo(0L);
    }

    /** Number of scripts that Redis has run. */
    private static long scripts() {
        String stats = Replies.text(redis.connection().call("INFO", "commandstats"));
        return Long.parseLong(stats.replaceAll("(?s).*cmdstat_evalsha:calls=(\\d+).*", "$1"));
    }

    @Test
    void whatIsTooOldOrTooManyGoesAndIsCounted() {
        for (int i = 0; i < 250; i++) {
            redis.call("XADD", KEYS.deadLetter(), (i < 30 ? 1 : 4_000_000_000_000L) + "-" + (i + 1), "a", "b");
        }
        while (store.tidy(redis.connection(), 100, Instant.now().minusSeconds(3_600), CleanupResult.START)
                .removed() > 0) {
            // Repeat until nothing is left to remove.
        }
        long kept = redis.length(KEYS.deadLetter());
        assertThat(kept).isBetween(100L, 220L);
        Map<String, String> ledger = redis.hash(KEYS.ledger());
        assertThat(Long.parseLong(ledger.getOrDefault("letters_dropped_age", "0"))
                + Long.parseLong(ledger.getOrDefault("letters_dropped_number", "0"))).isEqualTo(250 - kept);
        assertThat(store.dropped(redis.connection()).values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(250 - kept);
    }

    @Test
    void whatAHandOffDropsBecauseThereAreTooManyIsCountedInTheSameStep() {
        List<StreamEntry> frames = new ArrayList<>(capture.frames(450));
        Collections.reverse(frames);
        frames.forEach(frame -> dies(SOURCE, frame, DeadLetterReason.INVALID));
        long kept = redis.length(KEYS.deadLetter());
        assertThat(kept).isLessThan(450);
        assertThat(redis.hash(KEYS.ledger())).containsEntry("letters_dropped_number", String.valueOf(450 - kept));
    }

    @Test
    void whereAKeyIsUsedForSomethingElseNothingHappens() {
        dies(SOURCE, captured(), DeadLetterReason.INVALID);
        StoredDeadLetter letter = all().getFirst();
        redis.call("DEL", KEYS.returned());
        redis.call("SET", KEYS.returned(), "in the way");
        Map<String, String> before = redis.everything();
        assertThatThrownBy(() -> store.requeue(redis.connection(), List.of(letter)))
                .isInstanceOf(RedisRefused.class);
        assertThat(redis.everything()).isEqualTo(before);
    }
}
