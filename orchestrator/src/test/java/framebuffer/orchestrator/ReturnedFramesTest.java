package framebuffer.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.frames.LedgerReconciliation;
import framebuffer.redis.frames.LedgerReconciliation.LedgerScope;
import framebuffer.redis.frames.LedgerReconciliation.ReconcileDepth;
import framebuffer.redis.handoff.ReturnVerifier;
import framebuffer.redis.queues.DeadLetterStore;
import framebuffer.testkit.Await;
import framebuffer.wire.EntryId;
import framebuffer.wire.frame.ReturnedFrame.ReturnReason;
import framebuffer.wire.text.FieldNames;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Only frames that were handed off come back from {@code frames:returned}; the ledger balances whatever others write there. */
class ReturnedFramesTest {
    @RegisterExtension
    static final RedisSite redis = new RedisSite();
    private static final String QUEUE = "frames:ready:face-1";
    private static final String RETURNED = "frames:returned";
    private static final String DEAD = "frames:dead-letter";
    @SuppressWarnings("NullAway.Init")
    private Site site;
    @SuppressWarnings("NullAway.Init")
    private Pipeline pipeline;

    @BeforeEach
    void open() {
        site = redis.site();
        site.register("face-1", 10, "face");
        pipeline = site.start("i1");
    }

    /** A frame that the processor has read. */
    private StreamEntry read(String frame) {
        site.capture(frame, "cam", "face");
        Await.until("it is handed off", () -> site.texts(QUEUE, "frame_id").contains(frame));
        return site.read("face-1", 1).getFirst();
    }

    private static List<Object> adding(Fields fields, String... more) {
        List<Object> line = new ArrayList<>(List.of("XADD", RETURNED, "*"));
        line.addAll(fields.flat());
        line.addAll(List.of(more));
        return line;
    }

    private static List<Object> retry(StreamEntry entry) {
        return returned(entry, "retry", "face-1");
    }

    private static List<Object> returned(StreamEntry entry, String kind, String processor) {
        return adding(Site.fields(entry), "return_kind", kind, "processor_id", processor);
    }

    /** Returns a frame with Redis's own commands, as processors do that are not ours (docs/protocol.md 3.4). */
    private void giveBack(StreamEntry entry) {
        giveBack(entry, retry(entry));
    }

    private void giveBack(StreamEntry entry, List<Object> returned) {
        site.redis.transaction(List.of(returned,
                List.of("XACK", QUEUE, "face-1-group", entry.id().toString()),
                List.of("XDEL", QUEUE, entry.id().toString())));
    }

    private void refused(int entries) {
        Await.until(entries + " are dead letters", () -> site.length(DEAD) == entries && site.length(RETURNED) == 0);
        assertThat(site.texts(DEAD, "dead_reason")).containsOnly("invalid");
        assertThat(site.texts(DEAD, "dead_counted")).containsOnly("false");
        assertThat(site.count("cam", "dead") + site.count("unknown", "dead")).isZero();
    }

    private void balances(long captured, long inFlight) {
        Await.until("the sweep finds nothing to correct", () -> LedgerReconciliation.settle(site.redis,
                new LedgerScope(Site.KEYS, Site.GROUP, 1000, Map.of(QUEUE, "face-1")), ReconcileDepth.OPERATOR)
                .changes().isEmpty());
        assertThat(site.count("cam", "captured")).isEqualTo(captured);
        assertThat(Site.inFlight(site.ledger())).isEqualTo(inFlight).isEqualTo(site.ledger().underWay());
        assertThat(site.ledger().counts().keySet()).isSubsetOf("cam", "unknown");
        assertThat(site.count("unknown", "captured")).isZero();
    }

    @Test
    void framesThatNobodyHandedOffAreDeadLettersThatTheLedgerDoesNotCount() {
        StreamEntry real = read("real");
        IntStream.range(0, 300).forEach(i -> site.redis.call("XADD", RETURNED, "*", "frame_id", "forged" + i,
                "camera_id", "cam", "capability", "face", "capture_id", i + 1 + "-0", "attempt", "1", "return_kind",
                i % 2 == 0 ? "retry" : "rejected"));
        refused(300);
        balances(1, 1);
        site.finish("face-1", real);
        balances(1, 0);
        assertThat(site.texts(QUEUE, "frame_id")).doesNotContain("forged0");
    }

    @Test
    void aFrameThatComesBackByPlainCommandsIsHandedOffAgain() {
        giveBack(read("f1"));
        Await.until("it comes again", () -> site.texts(QUEUE, "frame_id").contains("f1"));
        balances(1, 1);
        site.finish("face-1", site.read("face-1", 1).getFirst());
        balances(1, 0);
        assertThat(site.length(DEAD)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"face-1, true", "plates-1, false", "nobody, false"})
    void aReturnBlamesOnlyAProcessorThatReadsTheQueueOfTheFrame(String blamed, boolean counts) {
        site.register("plates-1", 10, "plates");
        StreamEntry entry = read("f1");
        giveBack(entry, returned(entry, "failed", blamed));
        Await.until("it comes again", () -> site.texts(QUEUE, "attempt").contains("2"));
        assertThat(site.redis.call("HEXISTS", Site.KEYS.circuits(), blamed)).isEqualTo(counts ? 1L : 0L);
        balances(1, 1);
    }

    @Test
    void aFailureThatOurClientReportsCounts() {
        site.giveBack("face-1", read("f1"), ReturnReason.FAILED, Duration.ZERO);
        Await.until("it comes again", () -> site.texts(QUEUE, "attempt").contains("2"));
        assertThat(site.redis.call("HEXISTS", Site.KEYS.circuits(), "face-1")).isEqualTo(1L);
    }

    @Test
    void theSameReturnTwiceIsOneReturn() {
        StreamEntry entry = read("f1");
        giveBack(entry);
        Await.until("it comes again", () -> site.texts(QUEUE, "frame_id").contains("f1"));
        site.redis.transaction(List.of(retry(entry)));
        refused(1);
        balances(1, 1);
    }

    @Test
    void aFrameThatIsStillInItsQueueOrDoneDoesNotComeBack() {
        StreamEntry entry = read("f1");
        site.redis.transaction(List.of(retry(entry)));
        refused(1);
        site.acknowledge("face-1", entry);
        Await.until("it is done", () -> site.count("cam", "done") == 1);
        site.redis.transaction(List.of(retry(entry)));
        refused(2);
        balances(1, 0);
    }

    @ParameterizedTest
    @CsvSource({"camera_id, other", "capability, plates", "priority, 10", "attempt, 5", "capture_id, 1-0",
            "handoff_signature, face-2 AAAA", "frame_id, other"})
    void aFrameThatWasChangedDoesNotComeBack(String field, String value) {
        StreamEntry entry = read("f1");
        Fields changed = Site.fields(entry).without(FieldNames.of(field)).put(field, value).fields();
        site.redis.transaction(List.of(adding(changed, "return_kind", "retry"),
                List.of("XACK", QUEUE, "face-1-group", entry.id().toString()),
                List.of("XDEL", QUEUE, entry.id().toString())));
        refused(1);
        Await.until("the frame itself is over", () -> {
            balances(1, 0);
            return site.count("cam", "done") == 1;
        });
    }

    @Test
    void anEntryThatOthersDeleteAgainIsNoLostFrame() {
        read("f1");
        site.stop(pipeline);
        site.redis.transaction(List.of(List.of("XADD", RETURNED, "*", "frame_id", "forged"),
                List.of("XREADGROUP", "GROUP", Site.GROUP, "i1", "STREAMS", RETURNED, ">"),
                List.of("XTRIM", RETURNED, "MAXLEN", "0")));
        assertThat(site.pending(RETURNED, Site.GROUP)).isOne();
        site.start("i1");
        Await.until("it is gone", () -> site.pending(RETURNED, Site.GROUP) == 0);
        balances(1, 1);
        assertThat(site.count("unknown", "lost")).isZero();
    }

    @Test
    void anEntryThatWasHandedOffSinceItWasReadDoesNotUseUpTheReturnOfAnother() {
        StreamEntry first = read("f1");
        giveBack(first);
        Await.until("it comes again", () -> site.texts(QUEUE, "frame_id").contains("f1"));
        site.stop(pipeline);
        StreamEntry again = site.read("face-1", 1).getFirst();
        giveBack(again);
        ReturnVerifier verifier = new ReturnVerifier(Site.KEYS, Site.GROUP);
        verifier.prepare(site.redis);
        assertThat(verifier.judge(site.redis, List.of(first)).refused()).containsExactly(first.id());
        site.start("i1");
        Await.until("it comes a third time", () -> site.texts(QUEUE, "frame_id").contains("f1"));
        balances(1, 1);
        assertThat(site.length(DEAD)).isZero();
    }

    @Test
    void anOperatorMayHandOffARefusedFrameAllTheSame() {
        site.redis.call("XADD", RETURNED, "*", "frame_id", "forged", "camera_id", "cam", "capability", "face",
                "return_kind", "retry");
        refused(1);
        DeadLetterStore letters = new DeadLetterStore(Site.KEYS);
        EntryId letter = site.entries(DEAD).getFirst().id();
        letters.requeue(site.redis, letters.find(site.redis, List.of(letter)));
        Await.until("it is handed off", () -> site.texts(QUEUE, "frame_id").contains("forged"));
        assertThat(site.ledger().begun()).isEqualTo(site.ledger().underWay()).isEqualTo(1);
    }

    @Test
    void frameReturnedByOurClientNeedsNoSignature() {
        site.giveBack("face-1", read("f1"), ReturnReason.RETRY, Duration.ZERO);
        Await.until("it comes again", () -> site.texts(QUEUE, "frame_id").contains("f1"));
        balances(1, 1);
        assertThat(site.redis.call("HLEN", Site.KEYS.accepted())).isEqualTo(0L);
    }
}
