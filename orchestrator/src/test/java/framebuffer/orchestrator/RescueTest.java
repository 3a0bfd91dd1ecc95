package framebuffer.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump.PipelineLimits;
import framebuffer.redis.StreamEntry;
import framebuffer.testkit.Await;
import framebuffer.wire.frame.ReturnedFrame.ReturnReason;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The frames of an unhealthy or departed processor go to others. */
class RescueTest {
    @RegisterExtension
    static final RedisSite redis = new RedisSite();
    @SuppressWarnings("NullAway.Init")
    private Site site;

    @BeforeEach
    void open() {
        site = redis.site();
    }

    private void queueHolds(String processor, long frames) {
        Await.until(processor + " holds " + frames + " frames",
                () -> site.length("frames:ready:" + processor) == frames);
    }

    private List<StreamEntry> given(String processor, int frames, int read) {
        IntStream.range(0, frames).forEach(i -> site.capture("f" + i, "cam", "face"));
        queueHolds(processor, frames);
        return site.read(processor, read);
    }

    private List<String> attempts(String processor) {
        return site.read(processor, 100).stream()
                .map(entry -> Site.queued(entry).frame().frameId() + ' ' + Site.queued(entry).attempt()).sorted()
                .toList();
    }

    private void balances() {
        Await.until("it balances", () -> Site.inFlight(site.ledger()) == site.ledger().underWay());
    }

    @Test
    void ofOneThatFallsIllAllGoesToOthersAndOnlyWhatItWasProcessingIsCharged() {
        site.register("face-1", 10, "face");
        site.start("i1");
        given("face-1", 5, 3);
        site.register("face-2", 10, "face");
        site.fallIll("face-1");
        queueHolds("face-1", 0);
        assertThat(attempts("face-2")).containsExactly("f0 2", "f1 1", "f2 1", "f3 1", "f4 1");
        assertThat(site.pending("frames:ready:face-1", "face-1-group")).isZero();
        balances();
    }

    @Test
    void whileNobodyHasRoomFramesStayWhereTheyAreAndOneThatIsWellAgainGoesOnWithThem() {
        site.register("face-1", 10, "face");
        Pipeline way = site.start("i1");
        List<StreamEntry> held = given("face-1", 3, 1);
        site.fallIll("face-1");
        Await.until("they wait", () -> way.view().waiting() == 3);
        assertThat(site.length("frames:ready:face-1")).isEqualTo(3);
        site.recover("face-1");
        Await.until("they wait no more", () -> way.view().waiting() == 0);
        // An earlier frame may have been delivered to the processor twice: it was cut off while it held the frame.
        if (site.entries("frames:ready:face-1").contains(held.getFirst())) {
            site.finish("face-1", held.getFirst());
        }
        Await.until("all are done once", () -> {
            site.read("face-1", 10).forEach(entry -> site.finish("face-1", entry));
            return site.count("cam", "done") == 3;
        });
        queueHolds("face-1", 0);
        balances();
    }

    @Test
    void oneThatIsOnlySilentKeepsItsFramesUntilItsLeaseIsOverSinceWeAreBackForNobodyCouldBeHeard() {
        site.register("face-1", 1, "face");
        site.register("face-2", 1, "face");
        site.start("i1");
        site.capture("f1", "cam", "face");
        site.capture("f2", "cam", "face");
        queueHolds("face-1", 1);
        queueHolds("face-2", 1);
        site.fallSilent("face-1");
        site.register("face-3", 10, "face");
        site.fallIll("face-2");
        queueHolds("face-3", 1);
        assertThat(site.length("frames:ready:face-1")).isOne();
    }

    @Test
    void whatComesLateIntoTheQueueOfOneThatIsCutOffGoesToOthersToo() {
        site.register("face-1", 10, "face");
        site.start("i1");
        given("face-1", 1, 1);
        site.register("face-2", 10, "face");
        site.fallIll("face-1");
        queueHolds("face-2", 1);
        queueHolds("face-1", 0);
        site.redis.call("XADD", "frames:ready:face-1", "*", "frame_id", "late", "camera_id", "cam", "capability",
                "face", "attempt", "1", "capture_id", "1-1");
        queueHolds("face-2", 2);
    }

    @Test
    void framesThatWaitForACapabilityThatTheirProcessorGivesUpGoToAnotherUncharged() {
        site.register("both-1", 10, "face", "car");
        site.start("i1");
        site.capture("f0", "cam", "face");
        site.capture("f1", "cam", "face");
        site.capture("c1", "cam", "car");
        queueHolds("both-1", 3);
        site.read("both-1", 1);
        site.register("face-2", 10, "face");
        site.update("both-1", 10, "car");
        queueHolds("face-2", 1);
        queueHolds("both-1", 2);
        assertThat(attempts("face-2")).containsExactly("f1 1");
        balances();
    }

    @Test
    void anInstanceThatStartsAfterACapabilityWasGivenUpFindsWhatWaitsForIt() {
        site.register("both-1", 10, "face", "car");
        Pipeline earlier = site.start("i1");
        site.capture("f1", "cam", "face");
        queueHolds("both-1", 1);
        site.stop(earlier);
        site.update("both-1", 10, "car");
        site.register("face-2", 10, "face");
        site.start("i2");
        queueHolds("face-2", 1);
        queueHolds("both-1", 0);
    }

    @Test
    void twoInstancesRescueEachFrameOnce() {
        site.register("face-1", 50, "face");
        site.start("i1");
        site.start("i2");
        given("face-1", 50, 20);
        site.register("face-2", 100, "face");
        site.fallIll("face-1");
        queueHolds("face-1", 0);
        assertThat(attempts("face-2")).hasSize(50).doesNotHaveDuplicates();
        balances();
    }

    @Test
    void whatWasDeletedUnacknowledgedIsCountedAsLostAndTheQueueOfOneThatIsGoneIsForgotten() {
        site.register("face-1", 10, "face");
        site.start("i1");
        List<StreamEntry> held = given("face-1", 3, 3);
        held.forEach(entry -> site.redis.call("XDEL", "frames:ready:face-1", entry.id().toString()));
        site.unregister("face-1");
        Await.until("it is forgotten", () -> site.isForgotten("face-1"));
        Await.until("they are lost", () -> site.count("cam", "lost") == 3);
    }

    @Test
    void ofTwoFramesThatMayHaveEndedTheirProcessorNoneIsWhereTheOtherIs() {
        site.register("face-1", 10, "face");
        site.start("i1");
        StreamEntry one = given("face-1", 1, 1).getFirst();
        site.register("face-2", 10, "face");
        site.fallIll("face-1");
        queueHolds("face-2", 1);
        site.register("face-3", 10, "face");
        site.capture("g", "cam", "face");
        Await.until("face-3 is sent a frame", () -> site.length("frames:ready:face-3") == 1);
        site.read("face-3", 1);
        site.fallIll("face-3");
        Await.until("it is held back", () -> site.length("frames:ready:face-3") == 1
                && site.length("frames:ready:face-2") == 1);
        site.finish("face-2", site.read("face-2", 1).getFirst());
        Await.until("then it goes", () -> site.texts("frames:ready:face-2", "frame_id").equals(List.of("g")));
        assertThat(Site.queued(one).frame().frameId()).isEqualTo("f0");
        balances();
    }

    @Test
    void whatADeadInstanceHeldIsHandedOffByAnotherAndCountedOnce() {
        Pipeline dead = site.start("i1", redis.address(), leased(Duration.ofMillis(500)));
        IntStream.range(0, 20).forEach(i -> site.capture("f" + i, "cam", "face"));
        Await.until("it holds them", () -> dead.view().waiting() == 20);
        site.start("i2", redis.address(), leased(Duration.ofMillis(500)));
        site.stop(dead);
        site.register("face-1", 100, "face");
        queueHolds("face-1", 20);
        assertThat(site.count("cam", "captured")).isEqualTo(20);
        Await.until("its name is gone", () -> site.redis.call("HGET", "frame-buffer:instances", "i1") == null
                && site.redis.call("HGET", "frame-buffer:ledger", "cursor:i1") == null);
        balances();
    }

    @Test
    void oneThatReadAndNeverSaidThatItRunsIsTakenOverWithItsFramesGivenBack() {
        site.register("face-1", 100, "face");
        Pipeline way = site.start("i2", redis.address(), leased(Duration.ofMillis(500)));
        List<StreamEntry> given = given("face-1", 1, 1);
        site.fallIll("face-1");
        given.forEach(entry -> site.giveBack("face-1", entry, ReturnReason.RETRY, Duration.ZERO));
        Await.until("it waits", () -> way.view().waiting() == 1);
        site.redis.call("XCLAIM", "frames:returned", Site.GROUP, "ghost", 0,
                site.entries("frames:returned").getFirst().id().toString());
        Await.until("the ghost is gone", () -> consumers("frames:returned") == 1);
        assertThat(site.pending("frames:returned", Site.GROUP)).isOne();
        balances();
    }

    private long consumers(String stream) {
        return ((List<?>) Objects.requireNonNull(site.redis.call("XINFO", "CONSUMERS", stream, Site.GROUP))).size();
    }

    private static PipelineLimits leased(Duration lease) {
        PipelineLimits limits = PipelineLimits.DEFAULT;
        return new PipelineLimits(limits.window(), limits.starvation(), limits.batch(), limits.maxAttempts(),
                limits.processingTimeout(), limits.foreignGroupRetention(), lease, limits.handOff(), limits.affinity());
    }
}
