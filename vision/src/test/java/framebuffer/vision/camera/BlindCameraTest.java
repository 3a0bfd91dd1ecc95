package framebuffer.vision.camera;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.vision.source.Peer;
import framebuffer.vision.source.VideoAddress;
import framebuffer.wire.EntryId;
import framebuffer.wire.TraceContext;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Live video without pictures, over a connection that lives: it is reported, and opened again. */
@Timeout(60)
class BlindCameraTest {
    private static final String BOUNDARY = "--b\r\nContent-Type: image/jpeg\r\nContent-Length: 0\r\n\r\n\r\n";

    /** Audio goes on after the video has stopped; or parts come, but no picture is in them. */
    private static void send(String kind, OutputStream out) throws IOException {
        if (kind.equals("audio")) {
            Peer.say(out, "HTTP/1.1 200 OK\r\nContent-Type: video/mp2t\r\n\r\n");
            try (var stream = BlindCameraTest.class.getResourceAsStream("/framebuffer/vision/videostops.ts")) {
                out.write(Objects.requireNonNull(stream).readAllBytes());
            }
        } else {
            Peer.say(out, "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n");
            for (int i = 0; i < 1_000; i++) {
                out.write(BOUNDARY.getBytes(StandardCharsets.US_ASCII));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"audio", "boundaries"})
    void itIsReportedAndOpenedAgain(String kind) throws Exception {
        try (Peer peer = new Peer((in, out, _) -> {
            if (in.read(new byte[8192]) > 0) {
                send(kind, out);
                in.transferTo(OutputStream.nullOutputStream());
            }
        }); Camera camera = camera("http://127.0.0.1:" + peer.port() + "/live").start()) {
            while (camera.state().phase() != CameraState.Phase.WAITING) {
                Thread.onSpinWait();
            }
            assertThat(camera.state().reason()).contains("no picture for 300 ms");
            assertThat(peer.calledTwice()).isTrue();
        }
    }

    private static Camera camera(String address) {
        return Camera.waiting(
                new CameraSettings("yard", VideoAddress.parse(address),
                        new Pictures(5, 85, Duration.ofMillis(300)), false,
                        new Announcement(0, List.of(), (_, _) -> TraceContext.random())),
                (_, _, _) -> EntryId.FIRST, InstantSource.system(), System::nanoTime);
    }
}
