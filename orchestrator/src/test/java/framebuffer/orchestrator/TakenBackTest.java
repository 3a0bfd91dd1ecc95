package framebuffer.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.pipeline.AffinityTable;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump.PipelineLimits;
import framebuffer.orchestrator.pipeline.admission.Window;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.handoff.HandOff;
import framebuffer.testkit.Await;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Frames are taken back from a live processor that does not answer them. */
class TakenBackTest {
    @RegisterExtension
    static final RedisSite redis = new RedisSite();
    private static final Duration SOON = Duration.ofMillis(300);
    @SuppressWarnings("NullAway.Init")
    private Site site;

    @BeforeEach
    void open() {
        site = redis.site();
    }

    private Pipeline start(Duration processingTimeout, int maxAttempts) {
        return site.start("i1", redis.address(),
                new PipelineLimits(Window.Limit.of(100), PipelineLimits.DEFAULT.starvation(), 10, maxAttempts,
                        processingTimeout,
                        Duration.ofHours(1),
                        PipelineLimits.DEFAULT.instanceLease(),
                        HandOff.HandOffLimits.DEFAULT, AffinityTable.AffinityLimits.DEFAULT));
    }

    private void queueHolds(String processor, long frames) {
        Await.until(processor + " holds " + frames + " frames",
                () -> site.length("frames:ready:" + processor) == frames);
    }

    private List<StreamEntry> given(String processor, int frames) {
        IntStream.range(0, frames).forEach(i -> site.capture("f" + i, "cam", "face"));
        queueHolds(processor, frames);
        return site.read(processor, frames);
    }

    @Test
    void whatIsNeverAcknowledgedWhileLaterFramesAreIsDoneByAnother() {
        site.register("face-1", 10, "face");
        start(SOON, 5);
        List<StreamEntry> given = given("face-1", 3);
        site.register("face-2", 10, "face");
        site.acknowledge("face-1", given.get(0));
        site.acknowledge("face-1", given.get(2));
        queueHolds("face-2", 1);
        StreamEntry again = site.read("face-2", 1).getFirst();
        assertThat(Site.queued(again).frame().frameId()).isEqualTo("f1");
        assertThat(Site.queued(again).attempt()).isEqualTo(2);
        queueHolds("face-1", 0);
        Await.until("it balances", () -> Site.inFlight(site.ledger()) == 1 && site.ledger().underWay() == 1);
    }

    @Test
    void whenNoneIsAcknowledgedAllAreTakenBackAndOnlyTheOneInProgressIsCharged() {
        site.register("face-1", 10, "face");
        start(SOON, 5);
        given("face-1", 3);
        site.register("face-2", 10, "face");
        queueHolds("face-2", 3);
        assertThat(site.read("face-2", 3)).extracting(entry -> Site.queued(entry).frame().frameId() + " "
                + Site.queued(entry).attempt()).containsExactlyInAnyOrder("f0 2", "f1 1", "f2 1");
    }

    @Test
    void aProcessorThatIsAloneGetsItsFrameAgainUntilItIsADeadLetter() {
        site.register("face-1", 10, "face");
        start(SOON, 2);
        given("face-1", 1);
        Await.until("it comes again", () -> site.read("face-1", 1).stream()
                .anyMatch(entry -> Site.queued(entry).attempt() == 2));
        Await.until("it is a dead letter", () -> site.length("frames:dead-letter") == 1);
        assertThat(site.texts("frames:dead-letter", "dead_detail").getFirst())
                .startsWith("failed 2 times, last at face-1");
        queueHolds("face-1", 0);
    }

    @Test
    void aProcessorThatIsFullOfFramesThatItNeverAcknowledgesGoesOnAllTheSame() {
        site.register("face-1", 2, "face");
        start(SOON, 2);
        given("face-1", 2);
        site.capture("f9", "cam", "face");
        Await.until("they come again in their own places, and end", () -> {
            site.read("face-1", 10);
            return site.length("frames:dead-letter") == 3;
        });
        assertThat(site.count("cam", "dead")).isEqualTo(3);
        assertThat(site.pending("frames:ready:face-1", "face-1-group")).isZero();
        queueHolds("face-1", 0);
    }

    @Test
    void whatOneOfTwoGroupsHasDoneIsNotTakenFromTheOther() {
        site.register("face-1", 10, "face");
        start(SOON, 5);
        site.redis.call("XGROUP", "CREATE", "frames:ready:face-1", "another", "0");
        StreamEntry frame = given("face-1", 1).getFirst();
        site.redis.call("XREADGROUP", "GROUP", "another", "me", "STREAMS", "frames:ready:face-1", ">");
        site.finish("face-1", frame);
        site.register("face-2", 10, "face");
        Await.until("no processor holds it", () -> site.pending("frames:ready:face-1", "another") == 0
                && site.length("frames:ready:face-1") == 0);
        assertThat(site.length("frames:ready:face-2")).isZero();
        assertThat(site.count("cam", "done")).isOne();
        assertThat(site.count("unknown", "lost")).isZero();
    }

    @Test
    void whatAnEarlierLifeHeldIsTakenBackAtOnce() {
        site.register("face-1", 10, "face");
        start(Duration.ofHours(1), 5);
        given("face-1", 2);
        Instant then = site.now();
        Await.until("milliseconds pass", () -> site.now().isAfter(then.plusMillis(5)));
        site.register("face-1", 10, "face");
        Await.until("both come again", () -> site.texts("frames:ready:face-1", "attempt").stream().sorted().toList()
                .equals(List.of("1", "2")) && site.ledger().underWay() == 2);
        assertThat(site.read("face-1", 10)).hasSize(2);
    }

    @Test
    void aFrameThatIsDoneWhileItWaitsToBeTakenBackIsNotDoneTwice() {
        site.register("face-1", 1, "face");
        Pipeline way = start(SOON, 5);
        StreamEntry slow = given("face-1", 1).getFirst();
        site.fallIll("face-1");
        Await.until("it waits for another processor", () -> way.view().waiting() == 1);
        site.finish("face-1", slow);
        queueHolds("face-1", 0);
        assertThat(site.count("cam", "done")).isOne();
        site.recover("face-1");
        site.capture("f9", "cam", "face");
        queueHolds("face-1", 1);
        Await.until("it balances", () -> Site.inFlight(site.ledger()) == 1 && site.ledger().underWay() == 1);
    }

    @Test
    void aQueueWithTwoGroupsIsLeftByAFrameThatIsTakenFromOneOfThem() {
        site.register("face-1", 10, "face");
        start(SOON, 5);
        site.redis.call("XGROUP", "CREATE", "frames:ready:face-1", "another", "0");
        given("face-1", 1);
        site.redis.call("XREADGROUP", "GROUP", "another", "me", "STREAMS", "frames:ready:face-1", ">");
        site.register("face-2", 10, "face");
        queueHolds("face-2", 1);
        assertThat(site.pending("frames:ready:face-1", "another")).isZero();
        assertThat(site.pending("frames:ready:face-1", "face-1-group")).isZero();
    }
}
