package framebuffer.orchestrator.disturbed;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.RedisSite;
import framebuffer.orchestrator.Site;
import framebuffer.orchestrator.pipeline.AffinityTable;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump.PipelineLimits;
import framebuffer.orchestrator.pipeline.admission.Window;
import framebuffer.redis.GroupReader;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.handoff.HandOff;
import framebuffer.testkit.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Foreign groups read the capture stream, and producers trim it. */
class SharedCaptureTest {
    @RegisterExtension
    static final RedisSite redis = new RedisSite();
    private static final String CAPTURE = Site.KEYS.capture();
    @SuppressWarnings("NullAway.Init")
    private Site site;

    @BeforeEach
    void open() {
        site = redis.site();
    }

    private Pipeline start(int window, Duration retention) {
        return site.start("i1", redis.address(),
                new PipelineLimits(Window.Limit.of(window), PipelineLimits.DEFAULT.starvation(), 100, 5,
                        PipelineLimits.DEFAULT.processingTimeout(), retention,
                        PipelineLimits.DEFAULT.instanceLease(),
                        HandOff.HandOffLimits.DEFAULT, AffinityTable.AffinityLimits.DEFAULT));
    }

    private void capture(int frames) {
        IntStream.range(0, frames).forEach(i -> site.capture("f" + i, "cam", "face"));
    }

    private void balances() {
        Await.until("it balances", () -> Site.inFlight(site.ledger()) == site.ledger().underWay());
    }

    @Test
    void aSlowerRecorderReadsEveryFrameOnceAndWhatBothHaveReadIsNotKept() {
        GroupReader recorder = new GroupReader(CAPTURE, "recorder", "me");
        recorder.ensureGroup(site.redis);
        site.register("face-1", 1_000, "face");
        start(1_000, Duration.ofHours(1));
        capture(300);
        Await.until("all are handed off", () -> site.length("frames:ready:face-1") == 300);
        assertThat(site.length(CAPTURE)).isEqualTo(300);
        List<String> recorded = new ArrayList<>();
        for (List<StreamEntry> some = recorder.readNew(site.redis, 7, Duration.ZERO); !some.isEmpty(); some = recorder
                .readNew(site.redis, 7, Duration.ZERO)) {
            for (StreamEntry entry : some) {
                recorded.add(Site.fields(entry).text("frame_id"));
                site.redis.call("XACK", CAPTURE, "recorder", entry.id().toString());
            }
        }
        assertThat(recorded).hasSize(300).doesNotHaveDuplicates();
        Await.until("nothing is kept", () -> site.length(CAPTURE) == 0);
        balances();
    }

    @Test
    void aGroupThatNobodyReadsWithIsReportedAndHoldsNothingBack() {
        new GroupReader(CAPTURE, "forgotten", "me").ensureGroup(site.redis);
        site.register("face-1", 100, "face");
        Pipeline way = start(100, Duration.ofMillis(300));
        capture(20);
        Await.until("nothing is kept", () -> site.length(CAPTURE) == 0 && site.length("frames:ready:face-1") == 20);
        assertThat(way.captureAlert()).hasValueSatisfying(alert -> assertThat(alert).contains("forgotten"));
        site.redis.call("XGROUP", "DESTROY", CAPTURE, "forgotten");
        Await.until("the alert is over", () -> way.captureAlert().isEmpty());
    }

    @Test
    void whatAProducerTrimsAwayIsLostExactlyAndEveryOtherFrameArrives() {
        Pipeline way = start(1_000, Duration.ofHours(1));
        capture(5_000);
        Await.until("the window is full", () -> way.view().waiting() > 900);
        site.redis.call("XTRIM", CAPTURE, "MAXLEN", "1000");
        site.register("face-1", 10_000, "face");
        Await.until("nothing waits", () -> site.length(CAPTURE) == 0 && site.ledger().underWay() == site
                .length("frames:ready:face-1") && site.count("unknown", "lost") > 0);
        long arrived = site.length("frames:ready:face-1");
        assertThat(arrived).isBetween(1_900L, 2_600L);
        assertThat(site.count("unknown", "lost")).isEqualTo(5_000 - arrived);
        balances();
    }

    @Test
    void whatWasReadAndTrimmedAwayWhileTheInstanceWasDownIsLostToo() {
        Pipeline way = start(100, Duration.ofHours(1));
        capture(50);
        Await.until("all wait", () -> way.view().waiting() == 50 && site.count("cam", "captured") == 50);
        site.stop(way);
        site.redis.call("XTRIM", CAPTURE, "MAXLEN", "20");
        site.register("face-1", 100, "face");
        start(100, Duration.ofHours(1));
        Await.until("the rest arrives", () -> site.length("frames:ready:face-1") == 20 && site.pending() == 0);
        assertThat(site.count("unknown", "lost")).isEqualTo(30);
        balances();
    }

    @Test
    void manyBadEntriesBetweenGoodOnesHoldNothingUp() {
        site.register("face-1", 1_000, "face");
        start(1_000, Duration.ofHours(1));
        site.capture("good-1", "cam", "face");
        for (int i = 0; i < 100_000; i++) {
            site.redis.send("XADD", List.of(CAPTURE, "*", "camera_id", "bad", "priority", "99"));
            if (i % 1_000 == 999) {
                site.redis.flush();
                IntStream.range(0, 1_000).forEach(_ -> site.redis.receive());
            }
        }
        site.capture("good-2", "cam", "face");
        Await.until("both good ones arrive, and the bad ones end", () -> site.length("frames:ready:face-1") == 2
                && site.length(CAPTURE) == 0 && site.count("bad", "dead") == 100_000);
        assertThat(site.length("frames:dead-letter")).isBetween(10_000L, 10_200L);
        assertThat(site.texts("frames:dead-letter", "dead_detail").getLast()).contains("frame_id", "priority");
        balances();
    }
}
