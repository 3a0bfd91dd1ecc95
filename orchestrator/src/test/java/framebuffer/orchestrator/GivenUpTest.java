package framebuffer.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.deadletters.DeadLetterOperations;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.frames.LedgerReader;
import framebuffer.redis.queues.DeadLetterStore.StoredDeadLetter;
import framebuffer.testkit.Await;
import framebuffer.wire.EntryId;
import framebuffer.wire.frame.DeadLetter;
import framebuffer.wire.frame.DeadLetter.DeadLetterReason;
import framebuffer.wire.frame.ReturnedFrame;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Dead letters are kept for a time, can be requeued, and are in the ledger at each step. */
class GivenUpTest {
    @RegisterExtension
    static final RedisSite REDIS = new RedisSite();
    private static final String DEAD = "frames:dead-letter";

    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private Site site;
    private DeadLetterOperations deadLetters;

    @BeforeEach
    void open() {
        site = REDIS.site();
        site.clock = () -> Instant.now().plus(ahead.get());
        deadLetters = new DeadLetterOperations(List.of(new Partition(0, REDIS.address(), Site.KEYS)));
    }

    private void later(Duration by) {
        ahead.updateAndGet(before -> before.plus(by));
    }

    private void waits(Pipeline way, int frames) {
        Await.until(frames + " wait", () -> way.view().waiting() == frames);
    }

    private void isDead(DeadLetterReason reason, long frames) {
        Await.until(frames + " are dead", () -> site.length(DEAD) == frames);
        assertThat(letters()).extracting(one -> one.letter().reason()).containsOnly(reason);
        balances();
    }

    /** The timeout starts when the missing processor is noticed. */
    private void isDeadInTheEnd() {
        Await.until("it is dead", () -> {
            later(Duration.ofSeconds(10));
            return site.length(DEAD) == 1;
        });
        isDead(DeadLetterReason.NO_PROCESSOR, 1);
    }

    private void balances() {
        LedgerReader.LedgerReading reading = site.ledger();
        assertThat(Site.inFlight(reading)).as("%s", reading).isEqualTo(reading.underWay());
    }

    private List<StoredDeadLetter> letters() {
        return deadLetters.list(null, null, 1_000);
    }

    private StreamEntry next(String processor) {
        Await.until(processor + " has a frame", () -> site.length("frames:ready:" + processor) > 0);
        return site.read(processor, 1).getFirst();
    }

    @Test
    void aFrameWithoutAProcessorIsGivenUpOnAndHandedOffByItselfWhenOneComes() {
        Pipeline way = site.start("i1");
        site.register("car-1", 5, "vehicle");
        site.capture("f1", "cam", "face");
        waits(way, 1);
        later(Duration.ofSeconds(50));
        site.capture("f2", "cam", "face");
        waits(way, 2);
        later(Duration.ofSeconds(15));
        isDead(DeadLetterReason.NO_PROCESSOR, 1);
        assertThat(letters().getFirst().letter().detail()).contains("face", "60 s");
        assertThat(letters().getFirst().letter().attempt()).isZero();
        assertThat(site.count("cam", "dead")).isOne();
        site.register("face-1", 5, "face");
        Await.until("both are there", () -> site.length("frames:ready:face-1") == 2);
        assertThat(site.count("cam", "dead")).isZero();
        balances();
        site.read("face-1", 2).forEach(entry -> site.finish("face-1", entry));
        assertThat(site.count("cam", "done")).isEqualTo(2);
        balances();
    }

    @Test
    void whileItIsNotKnownWhoIsThereNothingIsGivenUpOn() {
        site.known = false;
        Pipeline way = site.start("i1");
        site.capture("f1", "cam", "face");
        waits(way, 1);
        later(Duration.ofHours(1));
        Await.until("it goes on", () -> way.view().oldestAge().compareTo(Duration.ofMinutes(30)) > 0);
        assertThat(site.length(DEAD)).isZero();
        site.known = true;
        isDeadInTheEnd();
    }

    @Test
    void whileAnOperatorHasPausedUsNothingIsGivenUpOn() {
        Pipeline way = site.start("i1");
        site.capture("f1", "cam", "face");
        waits(way, 1);
        site.control(way).pause(site.redis);
        later(Duration.ofHours(1));
        Await.until("it goes on", () -> way.view().oldestAge().compareTo(Duration.ofMinutes(30)) > 0);
        assertThat(site.length(DEAD)).isZero();
        site.control(way).resume(site.redis);
        isDeadInTheEnd();
    }

    @Test
    void withoutATimeoutFramesWaitForEver() {
        site.letters = new Pipeline.DeadLettering(Duration.ZERO, Duration.ofHours(24));
        Pipeline way = site.start("i1");
        site.capture("f1", "cam", "face");
        waits(way, 1);
        later(Duration.ofDays(300));
        Await.until("it goes on", () -> way.view().oldestAge().compareTo(Duration.ofDays(1)) > 0);
        assertThat(way.view().waiting()).isOne();
        assertThat(site.length(DEAD)).isZero();
    }

    @Test
    void aFrameThatNeedsNothingInParticularWantsAnyProcessorAtAll() {
        Pipeline way = site.start("i1");
        site.capture("frame_id", "f1", "camera_id", "cam");
        waits(way, 1);
        later(Duration.ofSeconds(61));
        isDead(DeadLetterReason.NO_PROCESSOR, 1);
        site.register("any-1", 5, "whatever");
        assertThat(Site.fields(next("any-1")).text("frame_id")).isEqualTo("f1");
    }

    @Test
    void aFrameForTwoCapabilitiesGoesWhenBothAreThere() {
        Pipeline way = site.start("i1");
        site.capture("frame_id", "f1", "camera_id", "cam", "metadata", "{\"detection_types\": [\"face\", \"car\"]}");
        waits(way, 1);
        later(Duration.ofSeconds(61));
        isDead(DeadLetterReason.NO_PROCESSOR, 1);
        site.register("face-1", 5, "face");
        later(Duration.ofSeconds(1));
        site.capture("marks", "cam", "face");
        StreamEntry marks = next("face-1");
        assertThat(Site.fields(marks).text("frame_id")).isEqualTo("marks");
        site.finish("face-1", marks);
        assertThat(site.length(DEAD)).isOne();
        site.register("car-1", 5, "car");
        StreamEntry face = next("face-1");
        StreamEntry car = next("car-1");
        balances();
        site.finish("face-1", face);
        assertThat(site.count("cam", "done")).isOne();
        site.finish("car-1", car);
        assertThat(site.count("cam", "done")).isEqualTo(2);
    }

    @Test
    void twoInstancesHandALetterOffOnce() {
        site.letters = new Pipeline.DeadLettering(Duration.ofSeconds(60), Duration.ofHours(24));
        Pipeline way = site.start("i1");
        for (int i = 0; i < 300; i++) {
            site.capture("f" + i, "cam", "face");
        }
        waits(way, 300);
        later(Duration.ofSeconds(61));
        isDead(DeadLetterReason.NO_PROCESSOR, 300);
        site.start("i2");
        site.register("face-1", 1_000, "face");
        Await.until("all are there", () -> site.length("frames:ready:face-1") == 300);
        assertThat(site.texts("frames:ready:face-1", "frame_id")).doesNotHaveDuplicates();
        assertThat(site.length(DEAD)).isZero();
        balances();
    }

    private void failsUntilGivenUpOn(String frame) {
        site.capture(frame, "cam", "face");
        for (int attempt = 1; attempt <= 5; attempt++) {
            StreamEntry entry = next("face-1");
            assertThat(Site.fields(entry).text("attempt")).isEqualTo(String.valueOf(attempt));
            site.giveBack("face-1", entry, ReturnedFrame.ReturnReason.FAILED, Duration.ZERO);
        }
    }

    @Test
    void whatWasTriedInVainBeginsAgainOnRequestAndIsDone() {
        site.start("i1");
        site.register("face-1", 5, "face");
        failsUntilGivenUpOn("f1");
        isDead(DeadLetterReason.MAX_ATTEMPTS, 1);
        EntryId id = letters().getFirst().id();
        assertThat(deadLetters.requeue(List.of(id, new EntryId(1, 1))))
                .isEqualTo(new DeadLetterOperations.RequeueResult(1, List.of(new EntryId(1, 1)), null, null));
        balances();
        StreamEntry again = next("face-1");
        assertThat(Site.fields(again).text("attempt")).isEqualTo("1");
        assertThat(Site.fields(again).text(DeadLetter.HISTORY)).contains("max_attempts", "said the test");
        balances();
        site.finish("face-1", again);
        assertThat(site.count("cam", "done")).isOne();
        assertThat(site.count("cam", "dead")).isZero();
        balances();
    }

    @Test
    void whatIsInvalidIsFoundSoAgainAndRemembersIt() {
        site.start("i1");
        site.capture("frame_id", "f1", "priority", "99");
        isDead(DeadLetterReason.INVALID, 1);
        assertThat(site.count("unknown", "dead")).isOne();
        assertThat(deadLetters.requeue(new DeadLetterOperations.RequeueRange(DeadLetterReason.INVALID, null, null))
                .requeued())
                .isOne();
        Await.until("it is dead again", () -> letters().stream().anyMatch(one -> !one.letter().history().isEmpty()));
        assertThat(site.count("unknown", "dead")).isOne();
        assertThat(letters()).singleElement().satisfies(one -> assertThat(one.letter().detail()).contains("camera_id"));
        balances();
    }

    @Test
    void ofWhatIsDeadThePixelsAreKeptAsLongAsTheLetter() {
        Pipeline way = site.start("i1");
        // Longer than any wait of this test: the timeout of a frame starts only when the missing processor is noticed.
        site.redis.call("SET", "frame:f1", "x", "PX", 600_000);
        site.redis.call("SET", "elsewhere", "x", "PX", 600_000);
        site.capture("f1", "cam", "face");
        site.capture("frame_id", "f2", "camera_id", "cam", "frame_buffer_key", "elsewhere");
        waits(way, 2);
        later(Duration.ofSeconds(61));
        isDead(DeadLetterReason.NO_PROCESSOR, 2);
        Await.until("the pixels of dead letters are extended", () -> left("frame:f1") > Duration.ofHours(23).toMillis()
                && left("elsewhere") > Duration.ofHours(23).toMillis());
    }

    private long left(String key) {
        return Replies.number(site.redis.call("PTTL", key));
    }

    @Test
    void whatIsTooOldGoesAndStaysDeadInTheLedger() {
        Fields letter = new DeadLetter(Fields.ofText("frame_id", "f1", "camera_id", "cam"), DeadLetterReason.REJECTED,
                "",
                Instant.EPOCH, new DeadLetter.DeadLetterSource("frames:returned", EntryId.FIRST), 1).encode();
        List<Object> line = new java.util.ArrayList<>(List.of(DEAD, "1000-0"));
        line.addAll(letter.flat());
        site.redis.call("XADD", line.toArray());
        site.redis.call("HSET", Site.KEYS.ledger(), "captured:cam", 1, "dead:cam", 1);
        site.start("i1");
        site.start("i2");
        Await.until("it has gone", () -> site.length(DEAD) == 0);
        assertThat(site.count("cam", "dead")).isOne();
        assertThat(Replies.text(site.redis.call("HGET", Site.KEYS.ledger(), "letters_dropped_age"))).isEqualTo("1");
        balances();
    }

    @Test
    void whenMostFramesFailTheyAreTriedAgainLaterInsteadOfBeingGivenUpOn() {
        Pipeline way = site.start("i1");
        site.register("face-1", 100, "face");
        for (int i = 0; i < 30; i++) {
            site.capture("f" + i, "cam", "face");
        }
        for (int attempt = 1; attempt <= 5; attempt++) {
            Await.until("all are there", () -> site.length("frames:ready:face-1") == 30);
            site.read("face-1", 100)
                    .forEach(entry -> site.giveBack("face-1", entry, ReturnedFrame.ReturnReason.FAILED, Duration.ZERO));
        }
        Await.until("some become dead letters, and then none", () -> way.floodAlert().isPresent()
                && site.length(Site.KEYS.deferred()) == 11);
        assertThat(way.floodAlert().orElseThrow()).contains("face");
        isDead(DeadLetterReason.MAX_ATTEMPTS, 19);
        assertThat(way.view().waiting()).isZero();
        site.redis.call("HINCRBY", Site.KEYS.deferredClock(), "ahead", 11_000);
        Await.until("the others are tried again", () -> site.length("frames:ready:face-1") == 11);
        site.read("face-1", 100).forEach(entry -> {
            assertThat(Site.fields(entry).text("attempt")).isEqualTo("5");
            site.finish("face-1", entry);
        });
        later(Duration.ofMinutes(2));
        Await.until("it is over", () -> way.floodAlert().isEmpty());
        assertThat(site.count("cam", "done")).isEqualTo(11);
        balances();
    }
}
