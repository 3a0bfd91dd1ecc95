package framebuffer.vision.camera;

import framebuffer.vision.source.VideoAddress;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacv.FrameGrabber;

/**
 * A realistic network camera: RTSP (RFC 2326) with a password, H.264 (RFC 6184) over the same connection. It sends the clip at four times
 * its speed in an endless loop.
 */
final class RtspCamera implements AutoCloseable {
    private static final String LOGIN = "Basic "
            + Base64.getEncoder().encodeToString("yard:s3cret".getBytes(StandardCharsets.UTF_8));
    private static final int MOST_IN_A_PACKET = 1400;
    private static final int MILLIS_A_PICTURE = 25;

    private final ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    private final ClipPackets clip;
    private final ConcurrentHashMap<Socket, Thread> watchers = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch played = new CountDownLatch(1);
    private final CountDownLatch playedTwice = new CountDownLatch(2);
    private final boolean pictures;

    RtspCamera() throws IOException, FrameGrabber.Exception {
        this(true);
    }

    /**
     * @param pictures whether it sends pictures; without, it still sends the RTCP reports
     */
    RtspCamera(boolean pictures) throws IOException, FrameGrabber.Exception {
        this.pictures = pictures;
        clip = ClipPackets.read();
        Thread.ofVirtual().start(this::accept);
    }

    VideoAddress address(String password) {
        return VideoAddress.parse("rtsp://yard:" + password + "@127.0.0.1:" + server.getLocalPort() + "/1");
    }

    /** Closes all connections; clients may connect again. */
    void breakOff() throws IOException {
        for (Socket watcher : watchers.keySet()) {
            watcher.close();
        }
    }

    /** Waits until a client receives the stream. */
    void awaitPlay() throws InterruptedException {
        played.await();
    }

    /** Whether a client connects a second time within ten seconds. */
    boolean playsTwice() throws InterruptedException {
        return playedTwice.await(10, TimeUnit.SECONDS);
    }

    private void accept() {
        try {
            while (closed.getCount() > 0) {
                Socket watcher = server.accept();
                watchers.put(watcher, Thread.ofVirtual().start(() -> serve(watcher)));
            }
        } catch (IOException e) {
            closed.countDown();
        }
    }

    private void serve(Socket watcher) {
        try (watcher) {
            BufferedReader in = new BufferedReader(
                    new InputStreamReader(watcher.getInputStream(), StandardCharsets.UTF_8));
            DataOutputStream out = new DataOutputStream(watcher.getOutputStream());
            for (List<String> request = request(in); !request.isEmpty(); request = request(in)) {
                answer(request, out);
                if (request.getFirst().startsWith("PLAY")) {
                    played.countDown();
                    playedTwice.countDown();
                    if (pictures) {
                        play(out);
                    } else {
                        report(out);
                    }
                }
            }
        } catch (IOException e) {
            // The client has disconnected, or was cut off: normal for a camera.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            watchers.remove(watcher);
        }
    }

    /** The lines of one request; none if the client has disconnected. */
    private static List<String> request(BufferedReader in) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            lines.add(line);
        }
        return lines;
    }

    private void answer(List<String> request, DataOutputStream out) throws IOException {
        String number = request.stream().filter(line -> line.startsWith("CSeq")).findFirst().orElse("CSeq: 0");
        if (!request.contains("Authorization: " + LOGIN)) {
            send(out, "401 Unauthorized", number, "WWW-Authenticate: Basic realm=\"yard\"\r\n\r\n");
            return;
        }
        String method = request.getFirst().split(" ", 2)[0];
        send(out, "200 OK", number, switch (method) {
            case "DESCRIBE" -> "Content-Type: application/sdp\r\nContent-Length: " + description().length() + "\r\n\r\n"
                    + description();
            case "SETUP" -> "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n\r\n";
            case "OPTIONS" -> "Public: DESCRIBE, SETUP, PLAY, TEARDOWN\r\n\r\n";
            default -> "Session: 1\r\n\r\n";
        });
    }

    private static void send(DataOutputStream out, String status, String number, String rest) throws IOException {
        out.write(("RTSP/1.0 " + status + "\r\n" + number + "\r\n" + rest).getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private String description() {
        Base64.Encoder base64 = Base64.getEncoder();
        return """
                v=0\r
                o=- 0 0 IN IP4 127.0.0.1\r
                s=yard\r
                t=0 0\r
                m=video 0 RTP/AVP 96\r
                a=rtpmap:96 H264/90000\r
                a=fmtp:96 packetization-mode=1;sprop-parameter-sets=%s,%s\r
                a=control:track0\r
                """.formatted(base64.encodeToString(clip.parameters().getFirst()),
                base64.encodeToString(clip.parameters().getLast()));
    }

    /** Sends a sender report ten times per second, in the channel beside the pictures. */
    private void report(DataOutputStream out) throws IOException, InterruptedException {
        do {
            out.writeByte('$');
            out.writeByte(1);
            out.writeShort(28);
            out.writeByte(0x80);
            out.writeByte(200);
            out.writeShort(6);
            out.writeInt(1);
            out.write(new byte[20]);
            out.flush();
        } while (!closed.await(100, TimeUnit.MILLISECONDS));
    }

    private void play(DataOutputStream out) throws IOException, InterruptedException {
        int sequence = 0;
        for (long round = 0;; round++) {
            for (ClipPackets.Coded picture : clip.pictures()) {
                int at = (int) ((picture.millis() + round * 20_000) * 90 / 4);
                for (byte[] packet : packets(picture.units())) {
                    boolean last = packet.length > 0 && packet[packet.length - 1] == 1;
                    out.writeByte('$');
                    out.writeByte(0);
                    out.writeShort(12 + packet.length - 1);
                    out.writeByte(0x80);
                    out.writeByte(last ? 0x80 | 96 : 96);
                    out.writeShort(sequence++);
                    out.writeInt(at);
                    out.writeInt(1);
                    out.write(packet, 0, packet.length - 1);
                }
                out.flush();
                if (closed.await(MILLIS_A_PICTURE, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        }
    }

    /** The packets of a picture: units, or fragments of long units, each followed by a byte: 1 for the last. */
    private static List<byte[]> packets(List<byte[]> units) {
        List<byte[]> packets = new ArrayList<>();
        for (int unit = 0; unit < units.size(); unit++) {
            byte[] bytes = units.get(unit);
            int lastUnit = unit == units.size() - 1 ? 1 : 0;
            boolean whole = bytes.length <= MOST_IN_A_PACKET;
            for (int from = whole ? 0 : 1; from < bytes.length; from += MOST_IN_A_PACKET) {
                int length = Math.min(MOST_IN_A_PACKET, bytes.length - from);
                boolean end = from + length == bytes.length;
                ByteArrayOutputStream packet = new ByteArrayOutputStream();
                if (!whole) {
                    packet.write((bytes[0] & 0xE0) | 28);
                    packet.write((from == 1 ? 0x80 : 0) | (end ? 0x40 : 0) | (bytes[0] & 0x1F));
                }
                packet.write(bytes, from, length);
                packet.write(end ? lastUnit : 0);
                packets.add(packet.toByteArray());
            }
        }
        return packets;
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        server.close();
        breakOff();
    }
}
