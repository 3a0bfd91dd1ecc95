package framebuffer.vision.detect;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.redis.tables.PictureStore;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureShowTest {
    private static final Keys KEYS = Keys.DEFAULT;
    private static final CameraNeed YARD = new CameraNeed("yard", "camera_tampering");

    private final PicturePublisher show = new PicturePublisher(
            PartitionLayout.of(RedisAddress.local(1), Partitioning.whole("")));
    private final DetectorHandler detector = new DetectorHandler(new TamperingDetector(),
            show.of("tampering-1", "camera_tampering"));
    @SuppressWarnings("NullAway.Init")
    private EmbeddedRedis server;
    @SuppressWarnings("NullAway.Init")
    private RedisConnection redis;

    @BeforeEach
    void start(@TempDir Path folder) {
        server = EmbeddedRedis.start(folder);
        redis = RedisConnection.open(server.address());
    }

    @AfterEach
    void stop() {
        redis.close();
        server.close();
    }

    private void look(int brightness) {
        detector.handle(DetectorHandlerTest.frame(Drawn.plain(brightness)));
    }

    @Test
    void nothingIsShownWhileNobodyLooks() throws InterruptedException {
        show.in(0).runOnce(redis);
        look(0);
        show.in(0).runOnce(redis);
        assertThat(PictureStore.list(redis, KEYS)).isEmpty();
    }

    @Test
    void whoLooksSeesThePictureWithWhatWasFound() throws InterruptedException {
        PictureStore.want(redis, KEYS);
        show.in(0).runOnce(redis);
        look(0);
        show.in(0).runOnce(redis);
        assertThat(PictureStore.list(redis, KEYS).get(YARD)).satisfies(found -> {
            assertThat(found.frameId()).isEqualTo("f");
            assertThat(found.processorId()).isEqualTo("tampering-1");
            assertThat(found.objects()).isEqualTo(1);
        });
        assertThat(PictureStore.picture(redis, KEYS, YARD)).startsWith(0xFF, 0xD8);
    }

    @Test
    void aPictureIsShownUnderTheCapabilityThatItsFrameNeeds() throws InterruptedException {
        PictureStore.want(redis, KEYS);
        show.in(0).runOnce(redis);
        detector.handle(DetectorHandlerTest.frame(Drawn.plain(0), "night_watch"));
        show.in(0).runOnce(redis);
        assertThat(PictureStore.list(redis, KEYS)).containsOnlyKeys(new CameraNeed("yard", "night_watch"));
    }

    @Test
    void ofMoreThanOneInATurnTheFirstIsShown() throws InterruptedException {
        PictureStore.want(redis, KEYS);
        show.in(0).runOnce(redis);
        look(0);
        look(255);
        show.in(0).runOnce(redis);
        byte[] dark = PictureStore.picture(redis, KEYS, YARD);
        look(255);
        show.in(0).runOnce(redis);
        byte[] bright = PictureStore.picture(redis, KEYS, YARD);
        assertThat(dark).isEqualTo(drawn(0));
        assertThat(bright).isEqualTo(drawn(255));
    }

    private static byte[] drawn(int brightness) {
        byte[] picture = Drawn.plain(brightness);
        return Annotator.draw(picture, new TamperingDetector().detect(picture, "yard"));
    }
}
