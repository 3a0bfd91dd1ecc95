package framebuffer.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.flowcontrol.Freshness;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.frames.LedgerReader;
import framebuffer.redis.frames.ShedFrames;
import framebuffer.testkit.Await;
import framebuffer.wire.control.CameraPolicy;
import framebuffer.wire.control.CameraPolicy.Keep;
import framebuffer.wire.frame.ReturnedFrame;
import framebuffer.wire.frame.ShedFrame;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Only waiting frames that are worth sending are sent; the others are shed, counted, and can be looked up. */
class FreshnessTest {
    @RegisterExtension
    static final RedisSite REDIS = new RedisSite();

    private Site site;

    @BeforeEach
    void open() {
        site = REDIS.site();
    }

    private Pipeline startKeeping(Keep keep, Duration maxAge) {
        Pipeline way = site.start("i1");
        site.policies(way).put(site.redis, "cam", new CameraPolicy(keep, maxAge));
        return way;
    }

    private void shed(String reason, long frames) {
        Await.until(frames + " frames are " + reason, () -> site.count("cam", "shed." + reason) == frames);
        LedgerReader.LedgerReading reading = site.ledger();
        assertThat(Site.inFlight(reading)).as("%s", reading).isEqualTo(reading.underWay());
    }

    @Test
    void ofACameraOfWhichOnlyTheLatestIsWantedTheNewestWaitsAndTheOthersAreShed() {
        startKeeping(Keep.LATEST, Duration.ZERO);
        for (int i = 0; i < 10; i++) {
            site.capture("f" + i, "cam", "face");
            site.capture("g" + i, "lossless", "face");
        }
        shed("superseded", 9);
        site.register("face-1", 20, "face");
        Await.until("the rest goes", () -> site.length("frames:ready:face-1") == 11);
        assertThat(site.texts("frames:ready:face-1", "frame_id")).contains("f9", "g0", "g9").doesNotContain("f8");
    }

    @Test
    void thePixelsOfAShedFrameGoWhenItsProducerAllowsIt() {
        startKeeping(Keep.LATEST, Duration.ZERO);
        for (String frameId : List.of("f1", "f2", "f3")) {
            site.redis.call("SET", "frame:" + frameId, "x", "PX", 60_000);
        }
        site.capture("f1", "cam", "face");
        site.capture("frame_id", "f2", "camera_id", "cam", "detection_type", "face", "pixels_keep_ms", "5000");
        site.capture("frame_id", "f3", "camera_id", "cam", "detection_type", "face", "pixels_keep_ms", "5000");
        shed("superseded", 2);
        Await.until("its pixels live 5 s more", () -> left("f2") <= 5_000);
        assertThat(left("f1")).as("its producer said nothing").isGreaterThan(30_000);
        assertThat(left("f3")).as("it waits").isGreaterThan(30_000);
    }

    private long left(String frameId) {
        return Replies.number(site.redis.call("PTTL", "frame:" + frameId));
    }

    @Test
    void whatAProcessorHoldsIsNotSupersededNorWhatItGaveBack() {
        Pipeline way = startKeeping(Keep.LATEST, Duration.ZERO);
        site.register("face-1", 1, "face");
        site.capture("held", "cam", "face");
        Await.until("it is held", () -> site.length("frames:ready:face-1") == 1);
        StreamEntry held = site.read("face-1", 1).getFirst();
        site.capture("next", "cam", "face");
        Await.until("the next waits", () -> way.view().waiting() == 1);
        site.fallIll("face-1");
        site.giveBack("face-1", held, ReturnedFrame.ReturnReason.RETRY, Duration.ZERO);
        Await.until("both wait", () -> way.view().waiting() == 2);
        site.capture("newest", "cam", "face");
        shed("superseded", 1);
        site.register("face-2", 5, "face");
        Await.until("the rest goes", () -> site.length("frames:ready:face-2") == 2);
        assertThat(site.texts("frames:ready:face-2", "frame_id")).containsExactly("held", "newest");
    }

    @Test
    void aPolicyThatIsChangedWhileFramesWaitIsObeyedFromTheNextFrameOn() {
        Pipeline way = startKeeping(Keep.ALL, Duration.ZERO);
        for (int i = 0; i < 5; i++) {
            site.capture("f" + i, "cam", "face");
        }
        Await.until("all wait", () -> way.view().waiting() == 5);
        site.policies(way).put(site.redis, "cam", new CameraPolicy(Keep.LATEST, null));
        site.capture("f5", "cam", "face");
        shed("superseded", 5);
        site.policies(way).remove(site.redis, "cam");
        site.capture("f6", "cam", "face");
        Await.until("both wait", () -> way.view().waiting() == 2);
    }

    @Test
    void framesOlderThanTheirCameraAllowsAreShed() {
        Pipeline way = startKeeping(Keep.ALL, Duration.ofMillis(200));
        site.capture("f1", "cam", "face");
        site.capture("f2", "of any age", "face");
        shed("expired", 1);
        Await.until("the other waits", () -> way.view().waiting() == 1);
    }

    @Test
    void anIdFromTheEndOfAllTimeStopsNothing() {
        Pipeline way = startKeeping(Keep.ALL, Duration.ofSeconds(60));
        site.redis.transaction(List.of(List.of("HSET", Site.KEYS.accepted(), "5-0", "1"),
                List.of("XADD", "frames:returned", "5-0", "frame_id", "odd", "camera_id", "cam", "detection_type",
                        "nobody", "capability", "nobody", "capture_id", "9223372036854775808-0", "attempt", "1",
                        "return_kind", "retry")));
        Await.until("it waits", () -> way.view().waiting() == 1);
        site.capture("f1", "cam", "face");
        site.register("face-1", 5, "face");
        Await.until("frames flow", () -> site.length("frames:ready:face-1") == 1);
        assertThat(way.trouble()).isEmpty();
    }

    @Test
    void whatADepartedProcessorHadBegunIsNotSuperseded() {
        Pipeline way = startKeeping(Keep.LATEST, Duration.ZERO);
        site.register("face-1", 2, "face");
        site.capture("begun", "cam", "face");
        Await.until("it is there", () -> site.length("frames:ready:face-1") == 1);
        assertThat(site.read("face-1", 1)).hasSize(1);
        site.capture("merely waited", "cam", "face");
        Await.until("that too", () -> site.length("frames:ready:face-1") == 2);
        site.unregister("face-1");
        Await.until("both wait", () -> way.view().waiting() == 2);
        site.capture("newest", "cam", "face");
        shed("superseded", 1);
        site.register("face-2", 5, "face");
        Await.until("the rest goes", () -> site.length("frames:ready:face-2") == 2);
        assertThat(site.texts("frames:ready:face-2", "frame_id")).containsExactlyInAnyOrder("begun", "newest");
    }

    @Test
    void theDefaultHoldsForCamerasOfWhichNothingElseIsSaid() {
        site.freshness = new Freshness(Keep.LATEST, Duration.ZERO);
        site.start("i1");
        site.capture("f1", "cam", "face");
        site.capture("f2", "cam", "face");
        shed("superseded", 1);
    }

    @Test
    void ofEachFrameThatWasShedItCanBeLookedUpWhatBecameOfIt() {
        startKeeping(Keep.LATEST, Duration.ZERO);
        site.capture("f1", "cam", "face");
        site.capture("f1", "cam", "face");
        site.capture("f2", "cam", "face");
        shed("superseded", 2);
        List<ShedFrame> found = ShedFrames.find(site.redis, Site.KEYS, "f1");
        assertThat(found).hasSize(2).allMatch(
                shed -> shed.reason() == ShedFrame.ShedReason.SUPERSEDED && shed.needs().equals(List.of("face"))
                        && shed.cameraId().equals("cam") && shed.instance().equals("i1"));
        assertThat(ShedFrames.find(site.redis, Site.KEYS, "f2")).isEmpty();
    }
}
