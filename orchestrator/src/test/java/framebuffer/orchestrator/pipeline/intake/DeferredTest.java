package framebuffer.orchestrator.pipeline.intake;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.RedisSite;
import framebuffer.orchestrator.Site;
import framebuffer.orchestrator.pipeline.AffinityTable;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump.PipelineLimits;
import framebuffer.orchestrator.pipeline.admission.Window;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.frames.LedgerReader;
import framebuffer.redis.handoff.HandOff;
import framebuffer.testkit.Await;
import framebuffer.wire.frame.ReturnedFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Deferred frames take no room from others. */
class DeferredTest {
    @RegisterExtension
    static final RedisSite redis = new RedisSite();
    private static final String DEFERRED = Site.KEYS.deferred();
    private static final Duration HOUR = Duration.ofHours(1);
    @SuppressWarnings("NullAway.Init")
    private Site site;

    @BeforeEach
    void open() {
        site = redis.site();
    }

    private Pipeline start(String instance, int window, int deferred) {
        return site.start(instance, redis.address(),
                new PipelineLimits(Window.Limit.of(window), PipelineLimits.DEFAULT.starvation(), 200, 5,
                        PipelineLimits.DEFAULT.processingTimeout(), HOUR, Duration.ofSeconds(1),
                        new HandOff.HandOffLimits(1_000, 100, 100, deferred), AffinityTable.AffinityLimits.DEFAULT));
    }

    private void capture(int frames, String capability) {
        IntStream.range(0, frames).forEach(i -> site.capture(capability + i, "cam" + i % 3, capability));
    }

    private void putOff(int frames, Duration after) {
        putOff("face-1", frames, after);
    }

    private void putOff(String processor, int frames, Duration after) {
        for (int left = frames; left > 0;) {
            List<StreamEntry> some = site.read(processor, left);
            some.forEach(entry -> site.giveBack(processor, entry, ReturnedFrame.ReturnReason.RETRY, after));
            left -= some.size();
        }
    }

    private void balances(long underWay) {
        Await.until("the ledger balances", () -> {
            LedgerReader.LedgerReading reading = site.ledger();
            return reading.underWay() == underWay && Site.inFlight(reading) == underWay;
        });
    }

    @Test
    void framesPutOffForLongLeaveTheWindowToThoseThatMayGo() {
        site.register("face-1", 2_000, "face");
        site.register("car-1", 1_000, "car");
        Pipeline way = start("i1", 100, 10_000);
        capture(1_000, "face");
        putOff(1_000, HOUR);
        capture(200, "car");
        Await.until("all eligible frames are handed off", () -> site.length("frames:ready:car-1") == 200);
        Await.until("the deferred frames wait in Redis", () -> site.length(DEFERRED) == 1_000);
        Await.until("and nowhere else", () -> way.view().waiting() == 0 && site.length("frames:returned") == 0);
        balances(1_200);
    }

    @Test
    void thousandsThatManyProcessorsPutOffHoldUpNoIdleCapability() {
        int processors = 5;
        int each = 2_000;
        int all = processors * each;
        IntStream.range(0, processors).forEach(i -> site.register("face-" + i, each, "face"));
        site.register("car-1", 10, "car");
        start("i1", 400, 10_000);
        capture(all, "face");
        Await.until("all are queued", () -> IntStream.range(0, processors)
                .allMatch(i -> site.length("frames:ready:face-" + i) == each));
        IntStream.range(0, processors).forEach(i -> putOff("face-" + i, each, HOUR));
        capture(1, "car");
        Await.within(Duration.ofSeconds(10), "it is handed off", () -> site.length("frames:ready:car-1") == 1);
        Await.until("the deferred frames wait in Redis", () -> site.length(DEFERRED) == all);
        balances(1L + all);
    }

    @Test
    void aFrameComesBackWhenItIsDueAndNotBefore() {
        site.register("face-1", 10, "face");
        start("i1", 100, 100);
        capture(1, "face");
        long begun = System.nanoTime();
        putOff(1, Duration.ofMillis(300));
        Await.until("it is handed off again", () -> site.length("frames:ready:face-1") == 1);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofMillis(290));
        StreamEntry again = site.read("face-1", 1).getFirst();
        assertThat(Site.queued(again).attempt()).isEqualTo(1);
        assertThat(site.length(DEFERRED)).isZero();
        site.finish("face-1", again);
        balances(0);
    }

    @Test
    void beyondTheMostThatMayWaitThoseThatAreDueFirstGoEarly() {
        site.register("face-1", 100, "face");
        start("i1", 100, 10);
        capture(30, "face");
        putOff(30, HOUR);
        Await.until("10 frames wait", () -> site.length(DEFERRED) == 10 && site.length("frames:ready:face-1") == 20);
        balances(30);
    }

    @Test
    void nobodyHoldsThemWhenAnInstanceDiesAndAnotherBringsThemBack() {
        site.register("face-1", 100, "face");
        Pipeline first = start("i1", 100, 100);
        capture(30, "face");
        putOff(30, Duration.ofSeconds(2));
        Await.until("they wait", () -> site.length(DEFERRED) == 30);
        assertThat(site.pending("frames:returned", Site.GROUP)).isZero();
        site.stop(first);
        start("i2", 100, 100);
        Await.until("they are handed off again, once", () -> site.length("frames:ready:face-1") == 30);
        balances(30);
    }

    @Test
    void aClockOfRedisThatWasSetBackDelaysNoFrame() {
        site.register("face-1", 100, "face");
        start("i1", 100, 100);
        capture(1, "face");
        putOff(1, Duration.ofMillis(500));
        Await.until("it waits", () -> site.length(DEFERRED) == 1);
        // The hash as if Redis's clock had been an hour ahead until now.
        long ahead = site.now().plus(HOUR).toEpochMilli();
        site.redis.call("HSET", Site.KEYS.deferredClock(), "last", ahead, "ahead", 0);
        Object due = Replies.list(site.redis.call("ZRANGE", Site.KEYS.deferredDue(), 0, 0)).getFirst();
        site.redis.call("ZADD", Site.KEYS.deferredDue(), ahead + 500, due);
        Await.until("it is handed off again", () -> site.length("frames:ready:face-1") == 1);
    }

    @Test
    void framesOfWhichNobodyKnowsAnyMoreWhenTheyAreDueGoAtOnce() {
        site.register("face-1", 100, "face");
        start("i1", 100, 100);
        capture(20, "face");
        putOff(20, HOUR);
        Await.until("they wait", () -> site.length(DEFERRED) == 20);
        site.redis.call("DEL", Site.KEYS.deferredDue());
        Await.until("they are handed off again", () -> site.length("frames:ready:face-1") == 20);
        balances(20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-5", "soon", "", "NaN", "-Infinity"})
    void aDelayThatIsNoneCostsNoFrame(String delay) {
        backWith(delay);
        Await.until("it is handed off again", () -> site.length("frames:ready:face-1") == 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"3600000", "99999999999999999999999", "1e300", "Infinity"})
    void aHugeDelayIsTheLongestThereIs(String delay) {
        backWith(delay);
        Await.until("it waits", () -> site.length(DEFERRED) == 1);
        List<?> due = Replies.list(site.redis.call("ZRANGE", Site.KEYS.deferredDue(), 0, 0,
                "WITHSCORES"));
        assertThat(Double.parseDouble(Replies.text(due.get(1))))
                .isLessThanOrEqualTo((double) site.now().plus(HOUR).toEpochMilli());
    }

    private void backWith(String delay) {
        site.register("face-1", 10, "face");
        start("i1", 100, 100);
        capture(1, "face");
        Await.until("it is handed off", () -> site.length("frames:ready:face-1") == 1);
        StreamEntry entry = site.read("face-1", 1).getFirst();
        List<Object> line = new ArrayList<>(List.of(Site.KEYS.returned(), "*", "return_kind", "retry",
                "retry_after_ms", delay));
        line.addAll(Site.fields(entry).flat());
        site.redis.transaction(List.of(concat("XADD", line),
                List.of("XACK", "frames:ready:face-1", "face-1-group", entry.id().toString()),
                List.of("XDEL", "frames:ready:face-1", entry.id().toString())));
    }

    private static List<Object> concat(String first, List<Object> rest) {
        List<Object> all = new ArrayList<>(List.of(first));
        all.addAll(rest);
        return all;
    }
}
