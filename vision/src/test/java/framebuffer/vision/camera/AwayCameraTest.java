package framebuffer.vision.camera;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.vision.source.CameraUnavailable;
import framebuffer.vision.source.Peer;
import framebuffer.vision.source.VideoAddress;
import framebuffer.wire.EntryId;
import framebuffer.wire.TraceContext;
import framebuffer.wire.text.Fields;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Cameras that are unavailable at the start or become unavailable. */
@Timeout(30)
class AwayCameraTest {
    private static final Duration SOON = Duration.ofMillis(300);
    private static final Duration HOUR = Duration.ofHours(1);

    private final BlockingQueue<Fields> frames = new LinkedBlockingQueue<>();

    @Test
    void aCameraThatIsOffAtTheStartIsWaitedFor() throws Exception {
        int port = freePort();
        byte[] picture = snapshot();
        try (Camera _ = camera("http://127.0.0.1:" + port + "/yard.jpg", 5).start()) {
            assertThat(frames.poll(500, TimeUnit.MILLISECONDS)).isNull();
            try (ServerSocket server = new ServerSocket(port, 8, InetAddress.getLoopbackAddress())) {
                Thread.ofVirtual().start(() -> answer(server, picture));
                next();
            }
        }
    }

    @Test
    void anAddressWithOnePictureIsAskedAsOftenAsFramesAreWanted() throws Exception {
        try (Peer peer = Peer.answering(snapshot());
                Camera _ = camera("http://127.0.0.1:" + peer.port() + "/snapshot", 10).start()) {
            Instant first = time(next());
            for (int i = 0; i < 9; i++) {
                next();
            }
            assertThat(time(next())).isAfter(first.plusMillis(900));
        }
    }

    @Test
    void aCameraThatRefusesIsTriedAgain() throws Exception {
        try (Peer peer = Peer.answering("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
                Camera camera = camera("http://user:hush@127.0.0.1:" + peer.port() + "/1", 5).start()) {
            assertThat(peer.calledTwice()).isTrue();
            assertThat(camera.finished()).isNotDone();
            assertThat(camera.state().phase()).isEqualTo(CameraState.Phase.WAITING);
            assertThat(camera.state().reason()).contains("401").doesNotContain("hush");
        }
    }

    @Test
    void anRtspCameraThatSendsItsReportsButNoPicturesIsOpenedAnew() throws Exception {
        try (RtspCamera rtsp = new RtspCamera(false)) {
            CameraSettings settings = settings(rtsp.address("s3cret"), 5, SOON);
            assertThatThrownBy(
                    () -> Camera.open(settings, (_, _, _) -> EntryId.FIRST, InstantSource.system(), System::nanoTime))
                    .isInstanceOf(CameraUnavailable.class).hasMessageContaining("no picture for 300 ms");
        }
        try (RtspCamera rtsp = new RtspCamera(false);
                Camera camera = waiting(settings(rtsp.address("s3cret"), 5, SOON)).start()) {
            assertThat(rtsp.playsTwice()).isTrue();
            assertThat(camera.finished()).isNotDone();
        }
    }

    @Test
    void itIsLetGoAtOnceWhenNobodyWantsItAnyMore() throws Exception {
        try (RtspCamera rtsp = new RtspCamera(false)) {
            Camera camera = waiting(settings(rtsp.address("s3cret"), 5, HOUR)).start();
            rtsp.awaitPlay();
            camera.close();
            camera.finished().get(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void whoDoesNotWaitIsToldAtOnce() throws Exception {
        CameraSettings away = settings("http://127.0.0.1:" + freePort() + "/1", 5);
        assertThatThrownBy(
                () -> Camera.open(away, (_, _, _) -> EntryId.FIRST, InstantSource.system(), System::nanoTime))
                .isInstanceOf(CameraUnavailable.class);
    }

    @Test
    void aCameraThatIsWaitedForEndsAtOnce() throws Exception {
        try (Peer peer = Peer.silent()) {
            CameraSettings settings = settings(VideoAddress.parse("http://127.0.0.1:" + peer.port() + "/1"), 5, HOUR);
            Camera camera = waiting(settings).start();
            camera.close();
            camera.finished().get(5, TimeUnit.SECONDS);
        }
    }

    private Camera camera(String address, double fps) {
        return waiting(settings(address, fps));
    }

    private Camera waiting(CameraSettings settings) {
        return Camera.waiting(settings, (_, fields, _) -> {
            frames.add(fields);
            return EntryId.FIRST;
        }, InstantSource.system(), System::nanoTime);
    }

    private static CameraSettings settings(String address, double fps) {
        return settings(VideoAddress.parse(address), fps, SOON);
    }

    private static CameraSettings settings(VideoAddress address, double fps, Duration timeout) {
        return new CameraSettings("yard", address, new Pictures(fps, 85, timeout), false,
                new Announcement(0, List.of(), (_, _) -> TraceContext.random()));
    }

    private static byte[] snapshot() throws IOException {
        byte[] picture = ClipPictures.first(1, 1).getFirst();
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        Peer.say(answer, "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: " + picture.length
                + "\r\nConnection: close\r\n\r\n");
        answer.write(picture);
        return answer.toByteArray();
    }

    private static void answer(ServerSocket server, byte[] answer) {
        try (var caller = server.accept()) {
            if (caller.getInputStream().read(new byte[8192]) > 0) {
                caller.getOutputStream().write(answer);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Instant time(Fields fields) {
        return Instant.parse(String.valueOf(fields.text("timestamp")));
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
