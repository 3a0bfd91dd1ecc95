package framebuffer.vision.camera;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.streams.RedisUnavailable;
import framebuffer.vision.sink.FrameSink;
import framebuffer.vision.source.CameraUnavailable;
import framebuffer.vision.source.VideoAddress;
import framebuffer.wire.Decoded;
import framebuffer.wire.EntryId;
import framebuffer.wire.Fields;
import framebuffer.wire.TraceContext;
import framebuffer.wire.frame.FrameCodec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class CameraTest {
    private static final VideoAddress CLIP = new VideoAddress.File(DemoClip.path());

    private final Taken sink = new Taken();

    @Test
    void aFileIsPublishedToItsEnd() throws Exception {
        try (Camera camera = Camera.open(settings(CLIP, false), sink, hurried()).start()) {
            camera.finished().get(15, TimeUnit.SECONDS);
            assertThat(camera.statistics()).isEqualTo(new Statistics(20, 0, 0));
        }
        assertThat(sink.taken).hasSize(20);
        assertThat(sink.closed).isTrue();
    }

    @Test
    void ofAShareOfItsPicturesTheOthersAreHeldBack() throws Exception {
        CameraSettings all = settings(CLIP, false);
        try (Camera camera = Camera.open(new CameraSettings(all.cameraId(), all.address(), all.pictures(), all.loop(),
                all.announcement(), () -> 0.5), sink, hurried()).start()) {
            camera.finished().get(15, TimeUnit.SECONDS);
            assertThat(camera.statistics()).isEqualTo(new Statistics(10, 0, 10));
        }
    }

    @Test
    void aFrameSaysAllThatTheContractAsks() throws Exception {
        try (Camera camera = Camera.open(settings(CLIP, true), sink, hurried()).start()) {
            Fields fields = sink.next();
            assertThat(FrameCodec.decode(EntryId.parse("1-0"), fields)).isInstanceOf(Decoded.Valid.class);
            assertThat(fields.text("camera_id")).isEqualTo(camera.cameraId());
            assertThat(fields.text("frame_id")).matches("yard-\\d{13}-0");
            assertThat(fields.text("metadata")).isEqualTo("{\"detection_types\":[\"person_detection\"],\"fps\":1.0}");
            assertThat(fields.text("priority")).isEqualTo("7");
            assertThat(fields.text("format")).isEqualTo("jpeg");
            assertThat(fields.text("traceparent")).startsWith("00-");
        }
    }

    @Test
    void aFileThatLoopsGoesOnBehindItsEnd() throws Exception {
        try (Camera camera = Camera.open(settings(CLIP, true), sink, hurried()).start()) {
            for (int i = 0; i < 25; i++) {
                sink.next();
            }
            assertThat(camera.finished()).isNotDone();
        }
    }

    @Test
    void aCameraDropsWhatItCannotPublishAndGoesOn() throws Exception {
        sink.away.set(true);
        try (Camera camera = Camera.open(settings(CLIP, true), sink, hurried()).start()) {
            while (camera.statistics().dropped() < 3) {
                Thread.onSpinWait();
            }
            sink.away.set(false);
            sink.next();
            assertThat(camera.statistics().dropped()).isGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void aFilePlaysAtTheSpeedAtWhichItWasTaken() throws Exception {
        CameraSettings settings = settings(CLIP, false);
        try (Camera _ = Camera.open(settings, sink, InstantSource.system()).start()) {
            Instant first = time(sink.next());
            assertThat(time(sink.next())).isBetween(first.plusMillis(700), first.plusMillis(3000));
        }
    }

    @Test
    void aCameraThatIsMissingIsKnownAtOnce() {
        CameraSettings missing = settings(new VideoAddress.File(Path.of("none.mp4")), false);
        assertThatThrownBy(() -> Camera.open(missing, sink, hurried())).isInstanceOf(CameraUnavailable.class);
        assertThat(sink.closed).isTrue();
    }

    @Test
    void aLiveCameraThatBreaksOffIsOpenedAgain() throws Exception {
        try (ClipServer server = new ClipServer();
                Camera camera = Camera.open(settings(server.address(), false), sink, InstantSource.system()).start()) {
            sink.next();
            sink.next();
            assertThat(server.servedTwice()).isTrue();
            assertThat(camera.finished()).isNotDone();
        }
    }

    @Test
    void aCameraMayBeClosedBeforeItStarts() {
        Camera camera = Camera.open(settings(CLIP, false), sink, hurried());
        camera.close();
        camera.close();
        assertThat(camera.start().finished()).isCompleted();
    }

    private static Instant time(Fields fields) {
        return Instant.parse(String.valueOf(fields.text("timestamp")));
    }

    private static CameraSettings settings(VideoAddress address, boolean loop) {
        return new CameraSettings("yard", address, Pictures.DEFAULT.withFps(1), loop,
                new Announcement(7, List.of("person_detection"), (_, _) -> TraceContext.random()));
    }

    /** A clock that leaps, so that every picture is due at once. */
    private static InstantSource hurried() {
        AtomicLong millis = new AtomicLong(1_800_000_000_000L);
        return () -> Instant.ofEpochMilli(millis.addAndGet(5_000));
    }

    /** A sink that keeps what it is given. */
    private static final class Taken implements FrameSink {
        private final BlockingQueue<Fields> taken = new LinkedBlockingQueue<>();
        private final AtomicBoolean away = new AtomicBoolean();
        private volatile boolean closed;

        @Override
        public EntryId publish(String frameId, Fields fields, byte[] jpeg) {
            if (away.get()) {
                throw new RedisUnavailable("Redis is away", new IOException());
            }
            taken.add(fields);
            return new EntryId(1, taken.size());
        }

        Fields next() throws InterruptedException {
            @Nullable
            Fields fields = taken.poll(10, TimeUnit.SECONDS);
            if (fields == null) {
                throw new AssertionError("no frame within 10 s");
            }
            return fields;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
