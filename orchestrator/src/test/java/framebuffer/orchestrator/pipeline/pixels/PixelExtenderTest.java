package framebuffer.orchestrator.pipeline.pixels;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.RedisSite;
import framebuffer.orchestrator.Site;
import framebuffer.redis.Replies;
import framebuffer.redis.pixels.PixelTtlWriter;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Registration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pixels of frames in flight live on, wherever the frames lie. */
class PixelExtenderTest {
    @RegisterExtension
    static final RedisSite REDIS = new RedisSite();

    private final PixelTtlWriter pixels = new PixelTtlWriter(Keys.DEFAULT, false);
    private final PixelExtender extender = new PixelExtender(Keys.DEFAULT, Site.GROUP,
            () -> List.of(Registration.of("face-1", List.of("face"), 10)), pixels, this::nanos);
    private Site site;
    private Duration passed = Duration.ZERO;

    @BeforeEach
    void open() {
        site = REDIS.site();
    }

    private long nanos() {
        return passed.toNanos();
    }

    /** Adds a frame that was captured some time ago, with pixels that expire soon. */
    private void waits(String stream, Duration since, String frameId) {
        String id = site.now().minus(since).toEpochMilli() + "-0";
        site.redis.call("XADD", stream, "*", "frame_id", frameId, "camera_id", "cam", "capture_id", id);
        expireSoon(frameId);
    }

    private void isUnread(Duration since, String frameId) {
        site.redis.call("XADD", "frames:capture", site.now().minus(since).toEpochMilli() + "-*", "frame_id", frameId,
                "camera_id", "cam");
        expireSoon(frameId);
    }

    private void expireSoon(String frameId) {
        site.redis.call("SET", "frame:" + frameId, "x", "PX", 30_000);
    }

    private void pass() {
        do {
            extender.runOnce(site.redis);
            pixels.runOnce(site.redis);
        } while (extender.rest().compareTo(Duration.ofSeconds(1)) < 0);
    }

    private long left(String frameId) {
        return Replies.number(site.redis.call("PTTL", "frame:" + frameId));
    }

    private void isExtended(String frameId) {
        assertThat(left(frameId)).as(frameId).isBetween(100_000L, 120_000L);
    }

    private void isNotExtended(String frameId) {
        assertThat(left(frameId)).as(frameId).isLessThan(30_001);
    }

    @ParameterizedTest
    @ValueSource(strings = {"frames:returned", "frame-buffer:deferred", "frames:ready:face-1"})
    void theyAreExtendedInEachStreamOnceTheFrameIsOldEnough(String stream) {
        waits(stream, Duration.ofSeconds(21), "old");
        waits(stream, Duration.ofSeconds(15), "young");
        pass();
        isExtended("old");
        isNotExtended("young");
    }

    @Test
    void theyAreExtendedInTheCaptureStreamAlsoIfNobodyReadsIt() {
        isUnread(Duration.ofSeconds(21), "old");
        isUnread(Duration.ofSeconds(15), "young");
        pass();
        isExtended("old");
        isNotExtended("young");
    }

    @Test
    void mostPassesReadOnlyWhatIsNewAndSomeReadAll() {
        isUnread(Duration.ofSeconds(40), "before");
        waits("frames:ready:face-1", Duration.ofSeconds(15), "moved");
        pass();
        assertThat(extender.rest()).isEqualTo(PixelExtender.EVERY);
        expireSoon("before");
        waits("frames:ready:face-1", Duration.ofSeconds(25), "moved");
        passed = PixelExtender.EVERY;
        pass();
        isExtended("moved");
        isNotExtended("before");
        passed = PixelExtender.ALL_EVERY;
        pass();
        isExtended("before");
    }

    @Test
    void manyFramesAreReadInSlices() {
        for (int i = 0; i < 1_000; i++) {
            waits("frames:ready:face-1", Duration.ofSeconds(21), "f" + i);
        }
        pass();
        isExtended("f0");
        isExtended("f999");
    }

    @Test
    void aNewConnectionBeginsWithAll() {
        isUnread(Duration.ofSeconds(40), "before");
        pass();
        expireSoon("before");
        extender.connected(site.redis);
        passed = PixelExtender.EVERY;
        pass();
        isExtended("before");
    }

    @Test
    void whileTheirRedisTakesNoChangesNothingIsRead() {
        isUnread(Duration.ofSeconds(40), "f1");
        while (pixels.room() > 0) {
            pixels.extend("elsewhere".getBytes(StandardCharsets.UTF_8), Duration.ofMinutes(1));
        }
        extender.runOnce(site.redis);
        pixels.stopping(site.redis);
        isNotExtended("f1");
        pass();
        isExtended("f1");
    }
}
