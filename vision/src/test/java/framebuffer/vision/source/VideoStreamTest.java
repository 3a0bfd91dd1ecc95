package framebuffer.vision.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.vision.decode.HardwareDecoding;
import framebuffer.wire.SecretAddress;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Any source without pictures is reported when its deadline is over. */
@Timeout(20)
class VideoStreamTest {
    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String MJPEG = OK + "Content-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n";

    @TempDir
    private Path folder;

    @Test
    void ofAPeerThatSaysNothing() throws Exception {
        try (Peer peer = Peer.silent()) {
            assertNoPicture("rtsp://127.0.0.1:" + peer.port() + "/1");
            assertNoPicture("http://127.0.0.1:" + peer.port() + "/1");
        }
    }

    @Test
    void ofAPeerThatSendsByteByByte() throws Exception {
        try (Peer peer = Peer.saying("", "H")) {
            assertNoPicture("http://127.0.0.1:" + peer.port() + "/1");
            assertNoPicture("rtsp://127.0.0.1:" + peer.port() + "/1");
        }
    }

    @Test
    void ofAHeaderWithoutAnEnd() throws Exception {
        try (Peer peer = Peer.saying(OK, "X-More: more\r\n")) {
            assertNoPicture("http://127.0.0.1:" + peer.port() + "/1");
        }
    }

    @Test
    void ofAnRtspCameraThatAnswersOnceAndThenIsSilent() throws Exception {
        try (Peer peer = Peer.saying("RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: DESCRIBE, SETUP, PLAY\r\n\r\n")) {
            assertNoPicture("rtsp://127.0.0.1:" + peer.port() + "/1");
        }
    }

    @Test
    void ofMjpegThatRepeatsItsBoundaryWithoutAPicture() throws Exception {
        try (Peer peer = Peer.saying(MJPEG, "--b\r\nContent-Type: image/jpeg\r\nContent-Length: 0\r\n\r\n\r\n")) {
            assertNoPicture("http://127.0.0.1:" + peer.port() + "/1");
        }
    }

    @Test
    void ofUdpWithoutASender() throws Exception {
        int port;
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        assertNoPicture("udp://127.0.0.1:" + port);
    }

    /** Opening a pipe without a writer ignores the deadline, like a name lookup. */
    @Test
    void ofWhatCannotBeInterrupted() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        assertNoPicture(new VideoAddress.Network(new SecretAddress("file:" + pipe)));
    }

    @Test
    void atMostThreeAttemptsThatDoNotReturnAreMade() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        VideoAddress address = new VideoAddress.Network(new SecretAddress("file:" + pipe));
        PictureDeadline deadline = new PictureDeadline(Duration.ofMillis(50), System::nanoTime);
        for (int attempt = 0; attempt < 3; attempt++) {
            assertThatThrownBy(() -> VideoStream.open(address, HardwareDecoding.NONE, deadline.restart()))
                    .hasMessageContaining("no picture for 50 ms");
        }
        assertThatThrownBy(() -> VideoStream.open(address, HardwareDecoding.NONE, deadline.restart()))
                .hasMessageContaining("earlier attempts have not returned");
    }

    @Test
    void whoIsNotWantedAnyMoreIsLetGoAtOnce() throws Exception {
        try (Peer peer = Peer.silent()) {
            PictureDeadline deadline = new PictureDeadline(Duration.ofHours(1), System::nanoTime);
            VideoAddress address = VideoAddress.parse("http://127.0.0.1:" + peer.port() + "/1");
            CompletableFuture<VideoStream> opening = CompletableFuture
                    .supplyAsync(() -> VideoStream.open(address, HardwareDecoding.NONE, deadline));
            deadline.stop();
            assertThatThrownBy(() -> opening.get(5, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(CameraUnavailable.class);
        }
    }

    @Test
    void aServerThatSendsElsewhereForEverIsGivenUp() throws Exception {
        try (Peer peer = Peer.answering("HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII))) {
            assertThatThrownBy(opened(VideoAddress.parse("http://127.0.0.1:" + peer.port() + "/1")))
                    .isInstanceOf(CameraUnavailable.class).hasMessageStartingWith("cannot reach");
        }
    }

    private static void assertNoPicture(String address) {
        assertNoPicture(VideoAddress.parse(address));
    }

    private static void assertNoPicture(VideoAddress address) {
        assertThatThrownBy(opened(address)).isInstanceOf(CameraUnavailable.class)
                .hasMessageContaining("no picture for 300 ms");
    }

    private static ThrowingCallable opened(VideoAddress address) {
        return () -> {
            PictureDeadline deadline = new PictureDeadline(Duration.ofMillis(300), System::nanoTime);
            try (VideoStream video = VideoStream.open(address, HardwareDecoding.NONE, deadline)) {
                video.next();
            }
        };
    }
}
