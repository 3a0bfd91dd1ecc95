package framebuffer.orchestrator.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.RedisSite;
import framebuffer.orchestrator.Site;
import framebuffer.orchestrator.flowcontrol.OperatorSwitches.SwitchState;
import framebuffer.orchestrator.pipeline.AffinityTable;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump.PipelineLimits;
import framebuffer.orchestrator.pipeline.admission.Window;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.cluster.InstanceStore;
import framebuffer.redis.handoff.HandOff;
import framebuffer.testkit.Await;
import framebuffer.wire.frame.ReturnedFrame;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An instance that loses its pending entries, for any reason, begins again and counts nothing twice. */
class BeginAgainTest {
    private static final int PUT_OFF = 9_801;

    @RegisterExtension
    static final RedisSite redis = new RedisSite();
    private static final String CAPTURE = Site.KEYS.capture();
    private static final String FACES = "frames:ready:face-1";
    @SuppressWarnings("NullAway.Init")
    private Site site;

    @BeforeEach
    void open() {
        site = redis.site();
    }

    private Pipeline start(String instance, int window) {
        return site.start(instance, redis.address(),
                new PipelineLimits(Window.Limit.of(window), PipelineLimits.DEFAULT.starvation(), 200, 5,
                        PipelineLimits.DEFAULT.processingTimeout(), Duration.ofHours(1), Duration.ofSeconds(1),
                        HandOff.HandOffLimits.DEFAULT, AffinityTable.AffinityLimits.DEFAULT));
    }

    private void capture(int frames) {
        IntStream.range(0, frames).forEach(i -> site.capture("f" + i, "cam" + i % 7, "face"));
    }

    private long captured() {
        return site.ledger().counts().values().stream().mapToLong(counts -> counts.getOrDefault("captured", 0L)).sum();
    }

    private void allAreHandedOffOnce(int frames) {
        site.register("face-1", 10_000, "face");
        Await.until("all are handed off", () -> site.length(FACES) == frames && site.length(CAPTURE) == 0);
        assertThat(site.texts(FACES, "capture_id")).doesNotHaveDuplicates();
        Await.until("each was counted once", () -> captured() == frames
                && site.ledger().underWay() == frames && Site.inFlight(site.ledger()) == frames);
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 50})
    void aGroupDestroyedThriceWhileFramesWaitCountsNoneTwice(int window) {
        List<Pipeline> ways = Stream.of("i1", "i2").map(name -> start(name, window)).toList();
        for (int i = 1; i <= 3; i++) {
            int before = 300 * (i - 1);
            capture(300);
            Await.until("the new ones are read", () -> waiting(ways) >= Math.min(before + 300, 2 * window - 10));
            site.redis.call("XGROUP", "DESTROY", CAPTURE, Site.GROUP);
            Await.until("the group is made anew and read", () -> groups() == 1 && site.pending() > 0);
        }
        allAreHandedOffOnce(900);
    }

    private static long waiting(List<Pipeline> ways) {
        return ways.stream().mapToLong(way -> way.view().waiting()).sum();
    }

    private int groups() {
        return Replies.list(site.redis.call("XINFO", "GROUPS", CAPTURE)).size();
    }

    @Test
    void anInstanceThatWasTakenOverThrowsItsWindowAwayAlsoWhenNothingArrives() {
        Pipeline way = start("i1", 1_000);
        capture(300);
        Await.until("all wait", () -> way.view().waiting() == 300 && captured() == 300);
        InstanceStore other = new InstanceStore(Site.KEYS, Site.GROUP, "i9");
        Await.until("another takes them over", () -> other.takeOver(site.redis, "i1",
                Replies.text(site.redis.call("HGET", Site.KEYS.instances(), "i1")), 1_000).complete());
        Await.until("its window is empty", () -> way.view().waiting() == 0);
        assertThat(way.instanceAlert()).isEmpty();
        Await.until("it takes them over from the other, which never says that it runs",
                () -> way.view().waiting() == 300);
        allAreHandedOffOnce(300);
    }

    @Test
    void afterFlushallItGoesOnWithWhatIsNew() {
        site.register("face-1", 10_000, "face");
        Pipeline way = start("i1", 1_000);
        capture(PUT_OFF);
        Await.until("all are handed off", () -> site.length(FACES) == PUT_OFF);
        site.read("face-1", PUT_OFF).forEach(
                one -> site.giveBack("face-1", one, ReturnedFrame.ReturnReason.RETRY, Duration.ofHours(1)));
        IntStream.range(0, 50).forEach(i -> site.capture("c" + i, "cam", "car"));
        Await.until("some are deferred, others wait", () -> site.length(Site.KEYS.deferred()) == PUT_OFF
                && way.view().waiting() == 50);
        site.redis.call("FLUSHALL");
        Await.until("its window is empty", () -> way.view().waiting() == 0);
        site.register("face-1", 10_000, "face");
        capture(80);
        Await.within(Duration.ofSeconds(10), "new frames are handed off", () -> site.length(FACES) == 80);
        assertThat(way.instanceAlert()).isEmpty();
        Await.until("it balances", () -> captured() == 80 && site.ledger().underWay() == 80);
    }

    @ParameterizedTest
    @ValueSource(strings = {"frames:capture", "frames:returned"})
    void aKeyThatIsDeletedLeavesNothingInTheWindow(String key) {
        site.register("face-1", 100, "face");
        Pipeline way = start("i1", 1_000);
        capture(100);
        Await.until("all are handed off", () -> site.length(FACES) == 100);
        List<StreamEntry> held = site.read("face-1", 100);
        site.control(way).pause(site.redis);
        Await.until("nothing is handed off", () -> site.control(way).view() == SwitchState.PAUSED);
        held.forEach(one -> site.giveBack("face-1", one, ReturnedFrame.ReturnReason.FAILED, Duration.ZERO));
        IntStream.range(0, 60).forEach(i -> site.capture("c" + i, "cam", "car"));
        Await.until("all wait", () -> way.view().waiting() == 160);
        site.redis.call("DEL", key);
        long left = key.equals(CAPTURE) ? 100 : 60;
        long cars = key.equals(CAPTURE) ? 1 : 61;
        Await.until("vanished frames leave the window", () -> way.view().waiting() == left);
        site.control(way).resume(site.redis);
        site.register("car-1", 1_000, "car");
        site.capture("new", "cam", "car");
        Await.until("it goes on", () -> site.length("frames:ready:car-1") == cars);
    }

    @Test
    void idsThatSomebodyMadeUpEndNoTurn() {
        site.register("face-1", 100, "face");
        Pipeline way = start("i1", 100);
        List<String> ids = List.of("0-1", "5-18446744073709551615", "1764480000000-7", "1764480000000000-0",
                "9223372036854775807-9", "9223372036854775808-0", "18446744073709551615-1");
        for (String id : ids) {
            site.redis.call("XADD", CAPTURE, id, "frame_id", id, "camera_id", "cam", "detection_type", "face");
            Await.until(id + " is handed off", () -> {
                assertThat(way.trouble()).isEmpty();
                return site.texts(FACES, "frame_id").contains(id);
            });
        }
        site.read("face-1", 10).forEach(one -> site.finish("face-1", one));
        Await.until("all are done", () -> site.count("cam", "done") == ids.size() && site.length(CAPTURE) == 0);
        assertThat(way.trouble()).isEmpty();
        assertThat(site.count("cam", "captured")).isEqualTo(ids.size());
    }
}
