package framebuffer.vision.camera;

import framebuffer.testkit.StreamServer;
import framebuffer.testkit.StreamServer.ServedPicture;
import framebuffer.testkit.StreamServer.ServedVideo;
import framebuffer.vision.source.VideoAddress;
import java.io.IOException;
import java.util.List;
import org.bytedeco.javacv.FrameGrabber;

/** A network camera with a password that sends the clip at four times its speed. */
final class RtspCamera implements AutoCloseable {
    private static final long CLIP_MICROS = 20_000_000;

    private final StreamServer server;

    RtspCamera() throws IOException, FrameGrabber.Exception {
        this(true);
    }

    /**
     * @param pictures whether it sends pictures; without, it still sends the RTCP reports
     */
    RtspCamera(boolean pictures) throws IOException, FrameGrabber.Exception {
        ClipPackets clip = ClipPackets.read();
        List<ServedPicture> sent = clip.pictures().stream()
                .map(one -> new ServedPicture(one.millis() * 1000, one.units())).toList();
        server = new StreamServer(new ServedVideo(clip.parameters(), pictures ? sent : List.of(), CLIP_MICROS), 0, 4,
                "yard:s3cret");
    }

    VideoAddress address(String password) {
        return VideoAddress.parse("rtsp://yard:" + password + "@127.0.0.1:" + server.port() + "/1");
    }

    /** Closes all connections; clients may connect again. */
    void breakOff() throws IOException {
        server.breakOff();
    }

    /** Waits until a client receives the stream. */
    void awaitPlay() throws InterruptedException {
        server.awaitPlay();
    }

    /** Whether a client connects a second time within ten seconds. */
    boolean playsTwice() throws InterruptedException {
        return server.playsTwice();
    }

    /** Whether a client asked for datagrams. */
    boolean sentDatagrams() {
        return server.sentDatagrams();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
