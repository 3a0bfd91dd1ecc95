package framebuffer.vision.camera;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.redis.RedisUnavailable;
import framebuffer.vision.source.CameraUnavailable;
import framebuffer.vision.source.VideoAddress;
import framebuffer.wire.EntryId;
import framebuffer.wire.TraceContext;
import framebuffer.wire.frame.FrameCodec;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Fields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class CameraTest {
    private static final VideoAddress CLIP = new VideoAddress.File(DemoClip.path());

    @TempDir
    Path folder;

    private final Taken sink = new Taken();

    @Test
    void aFileIsPublishedToItsEnd() throws Exception {
        try (Camera camera = open(settings(CLIP, false), hurried()).start()) {
            camera.finished().get(15, TimeUnit.SECONDS);
            assertThat(camera.statistics()).isEqualTo(new CameraStatistics(20, 0, 0, 0));
            assertThat(camera.state()).extracting(CameraState::phase, CameraState::reason, CameraState::decoder,
                    CameraState::width).containsExactly(CameraState.Phase.ENDED, "the recording has ended",
                            "h264 (software)", 768);
        }
        assertThat(sink.taken).hasSize(20);
        assertThat(sink.closed).isTrue();
    }

    @Test
    void ofAShareOfItsPicturesTheOthersAreHeldBack() throws Exception {
        CameraSettings all = settings(CLIP, false);
        try (Camera camera = open(new CameraSettings(all.cameraId(), all.address(), all.pictures(), all.loop(),
                all.announcement(), () -> 0.5), hurried()).start()) {
            camera.finished().get(15, TimeUnit.SECONDS);
            assertThat(camera.statistics()).isEqualTo(new CameraStatistics(10, 0, 10, 0));
        }
    }

    @Test
    void aFrameHasEachFieldOfTheProtocol() throws Exception {
        try (Camera camera = open(settings(CLIP, true), hurried()).start()) {
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
        try (Camera camera = open(settings(CLIP, true), hurried()).start()) {
            for (int i = 0; i < 25; i++) {
                sink.next();
            }
            assertThat(camera.finished()).isNotDone();
        }
    }

    @Test
    void aCameraDropsWhatItCannotPublishAndGoesOn() throws Exception {
        sink.away.set(true);
        try (Camera camera = open(settings(CLIP, true), hurried()).start()) {
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
        try (Camera camera = open(settings, System::nanoTime).start()) {
            Instant first = time(sink.next());
            assertThat(camera.state().phase()).isEqualTo(CameraState.Phase.PLAYING);
            assertThat(time(sink.next())).isBetween(first.plusMillis(700), first.plusMillis(3000));
        }
    }

    @Test
    void aCameraThatIsMissingIsKnownAtOnce() {
        CameraSettings missing = settings(new VideoAddress.File(Path.of("none.mp4")), false);
        assertThatThrownBy(() -> open(missing, hurried()))
                .isInstanceOf(CameraUnavailable.class);
        assertThat(sink.closed).isTrue();
    }

    @Test
    void aLiveCameraThatBreaksOffIsOpenedAgain() throws Exception {
        try (VideoServer server = new VideoServer();
                Camera camera = open(settings(server.chunked("/live.ts", Video.bytes("offset3600.ts")), false),
                        System::nanoTime).start()) {
            sink.next();
            sink.next();
            assertThat(server.asked(2)).isTrue();
            assertThat(camera.finished()).isNotDone();
        }
    }

    @Test
    void aRecordingOverHttpIsPublishedOnceToItsEnd() throws Exception {
        try (VideoServer server = new VideoServer();
                Camera camera = open(settings(server.ranges("/clip.mp4", Files.readAllBytes(DemoClip.path())), false),
                        hurried()).start()) {
            camera.finished().get(15, TimeUnit.SECONDS);
            assertThat(camera.statistics()).isEqualTo(new CameraStatistics(20, 0, 0, 0));
        }
    }

    @Test
    void aRecordingThatLoopsIsAskedForAgainAtItsEnd() throws Exception {
        try (VideoServer server = new VideoServer();
                Camera _ = open(settings(server.sized("/clip.ts", Video.bytes("offset3600.ts")), true), hurried())
                        .start()) {
            for (int i = 0; i < 7; i++) {
                sink.next();
            }
            assertThat(server.asked(3)).isTrue();
        }
    }

    @Test
    void aBroadcastThatHasEndedIsNotShownAgainAsARecording() throws Exception {
        AtomicInteger times = new AtomicInteger();
        try (VideoServer server = new VideoServer();
                Camera camera = open(settings(Video.playlist(server, () -> Video.segments(0, 2)
                        + (times.getAndIncrement() == 0 ? "" : "#EXT-X-ENDLIST\n")), false), hurried()).start()) {
            assertThat(server.asked(12)).as("opened thrice").isTrue();
            assertThat(camera.finished()).isNotDone();
            assertThat(camera.statistics().captured()).isEqualTo(6);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFileOfWhichMostCannotBeDecodedDoesNotEndWell(boolean loop) throws Exception {
        CameraSettings damaged = settings(Video.file(folder, "corrupt.ts", Video.bytes("corrupt.ts")), loop);
        try (Camera camera = open(damaged, hurried()).start()) {
            assertThat(camera.finished()).failsWithin(Duration.ofSeconds(15)).withThrowableThat()
                    .withMessageContaining("of 30 pictures of").withMessageContaining("only 2 could be decoded");
            assertThat(camera.statistics().undecodable()).isEqualTo(28);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFileWithoutAnyPictureDoesNotEndWell(boolean loop) throws Exception {
        byte[] empty = Video.bytes("rotated90.mp4");
        int pictures = new String(empty, StandardCharsets.ISO_8859_1).indexOf("mdat") + 4;
        int behind = new String(empty, StandardCharsets.ISO_8859_1).indexOf("moov") - 4;
        Arrays.fill(empty, pictures, behind, (byte) 0);
        try (Camera camera = open(settings(Video.file(folder, "empty.mp4", empty), loop), hurried()).start()) {
            assertThat(camera.finished()).failsWithin(Duration.ofSeconds(15)).withThrowableThat()
                    .withMessageContaining("of 30 pictures of").withMessageContaining("only 0 could be decoded");
            assertThat(sink.taken).isEmpty();
        }
    }

    @Test
    void aCameraMayBeClosedBeforeItStarts() {
        Camera camera = open(settings(CLIP, false), hurried());
        camera.close();
        camera.close();
        assertThat(camera.start().finished()).isCompleted();
        assertThat(camera.state().reason()).isEqualTo("closed");
    }

    private Camera open(CameraSettings settings, LongSupplier nanos) {
        return Camera.open(settings, sink, InstantSource.system(), nanos);
    }

    private static Instant time(Fields fields) {
        return Instant.parse(String.valueOf(fields.text("timestamp")));
    }

    private static CameraSettings settings(VideoAddress address, boolean loop) {
        return new CameraSettings("yard", address, Pictures.DEFAULT.withFps(1), loop,
                new Announcement(7, List.of("person_detection"), (_, _) -> TraceContext.random()));
    }

    /** A clock that jumps, so that every picture is due at once. */
    private static LongSupplier hurried() {
        AtomicLong nanos = new AtomicLong();
        return () -> nanos.addAndGet(5_000_000_000L);
    }

    /** A sink that records its frames. */
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
