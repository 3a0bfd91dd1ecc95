package framebuffer.vision.camera;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.vision.source.CameraUnavailable;
import framebuffer.vision.source.Transport;
import framebuffer.vision.source.VideoAddress;
import framebuffer.wire.EntryId;
import framebuffer.wire.TraceContext;
import framebuffer.wire.text.Fields;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class NetworkCameraTest {
    private final BlockingQueue<Fields> frames = new LinkedBlockingQueue<>();

    @Test
    void anRtspCameraIsWatchedAndWatchedAgainAfterItBrokeOff() throws Exception {
        try (RtspCamera rtsp = new RtspCamera(); Camera camera = camera(rtsp.address("s3cret")).start()) {
            Fields frame = next();
            assertThat(frame.text("width")).isEqualTo("768");
            assertThat(frame.text("height")).isEqualTo("576");
            rtsp.breakOff();
            frames.clear();
            next();
            assertThat(camera.finished()).isNotDone();
        }
    }

    @Test
    void anRtspCameraMaySendItsPicturesAsDatagrams() throws Exception {
        try (RtspCamera rtsp = new RtspCamera();
                Camera _ = camera(rtsp.address("s3cret").over(Transport.UDP)).start()) {
            assertThat(next().text("width")).isEqualTo("768");
            assertThat(rtsp.sentDatagrams()).isTrue();
        }
    }

    @Test
    void aClockThatIsSetBackDoesNotSlowALiveCamera() throws Exception {
        AtomicReference<Duration> setBack = new AtomicReference<>(Duration.ZERO);
        InstantSource clock = () -> Instant.now().minus(setBack.get());
        try (RtspCamera rtsp = new RtspCamera(); Camera _ = camera(rtsp.address("s3cret"), clock).start()) {
            next();
            Duration before = durationOf(10);
            setBack.set(Duration.ofHours(1));
            // The same rate, with room for a busy machine; without a monotonic clock, a frame took 17 s.
            assertThat(durationOf(10)).isLessThan(before.multipliedBy(2).plusSeconds(2));
        }
    }

    @Test
    void aWrongPasswordIsSaidSoAndNotRepeated() throws Exception {
        try (RtspCamera rtsp = new RtspCamera()) {
            assertThatThrownBy(() -> camera(rtsp.address("wr0ng"))).isInstanceOf(CameraUnavailable.class)
                    .hasMessageContaining("401").hasMessageNotContaining("wr0ng");
        }
    }

    @Test
    void aCameraThatDoesNotAnswerHoldsUpNoOther() throws Exception {
        CompletableFuture<Camera> silent;
        try (ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            VideoAddress address = VideoAddress.parse("rtsp://127.0.0.1:" + server.getLocalPort() + "/1");
            silent = CompletableFuture.supplyAsync(() -> camera(address));
            try (Socket _ = server.accept()) {
                camera(new VideoAddress.File(DemoClip.path())).close();
                assertThat(silent).isNotDone();
            }
        }
        assertThatThrownBy(() -> silent.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(CameraUnavailable.class);
    }

    private Camera camera(VideoAddress address) {
        return camera(address, InstantSource.system());
    }

    private Camera camera(VideoAddress address, InstantSource clock) {
        return Camera.open(new CameraSettings("yard", address, Pictures.DEFAULT, false,
                new Announcement(0, List.of(), (_, _) -> TraceContext.random())), (_, fields, _) -> {
                    frames.add(fields);
                    return EntryId.FIRST;
                }, clock, System::nanoTime);
    }

    private Duration durationOf(int frames) throws InterruptedException {
        long begun = System.nanoTime();
        for (int i = 0; i < frames; i++) {
            next();
        }
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    private Fields next() throws InterruptedException {
        @Nullable
        Fields frame = frames.poll(15, TimeUnit.SECONDS);
        if (frame == null) {
            throw new AssertionError("no frame within 15 s");
        }
        return frame;
    }
}
