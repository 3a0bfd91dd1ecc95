package framebuffer.testkit;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A realistic network camera: RTSP (RFC 2326) with a password, H.264 (RFC 6184) over the same connection or as datagrams. Each client gets
 * the video from its beginning, in an endless loop.
 */
public final class StreamServer implements AutoCloseable {
    private static final Pattern CLIENT_PORT = Pattern.compile("client_port=(\\d+)");
    private static final int MOST_IN_A_PACKET = 1400;
    private static final double TICKS_PER_MICRO = 0.09;

    private final ServedVideo video;
    private final double speed;
    private final String login;
    private final List<List<byte[]>> packets;
    private final ServerSocket server;
    private final ConcurrentHashMap<Socket, Thread> clients = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch played = new CountDownLatch(1);
    private final CountDownLatch playedTwice = new CountDownLatch(2);
    private volatile boolean datagrams;

    /**
     * A video as H.264 units.
     *
     * @param parameters the sequence and the picture parameter set, which a decoder needs first
     * @param pictures in decoding order; none: the server sends only its reports
     * @param lengthMicros playing time
     */
    public record ServedVideo(List<byte[]> parameters, List<ServedPicture> pictures, long lengthMicros) {
    }

    /**
     * A coded picture.
     *
     * @param micros presentation time from the beginning of the video
     */
    public record ServedPicture(long micros, List<byte[]> units) {
    }

    /**
     * Starts to serve on loopback.
     *
     * @param port 0: any
     * @param speed how many times faster than recorded the video is played
     * @param login user and password, separated by a colon; empty: none
     */
    public StreamServer(ServedVideo video, int port, double speed, String login) throws IOException {
        this.video = video;
        this.speed = speed;
        this.login = login.isEmpty()
                ? ""
                : "Authorization: Basic "
                        + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
        this.packets = video.pictures().stream().map(picture -> packets(picture.units())).toList();
        this.server = new ServerSocket(port, 256, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Closes all connections; clients may connect again. */
    public void breakOff() throws IOException {
        for (Socket client : clients.keySet()) {
            client.close();
        }
    }

    /** Waits until a client receives the stream. */
    public void awaitPlay() throws InterruptedException {
        played.await();
    }

    /** Whether a client connects a second time within ten seconds. */
    public boolean playsTwice() throws InterruptedException {
        return playedTwice.await(10, TimeUnit.SECONDS);
    }

    /** Whether a client asked for datagrams. */
    public boolean sentDatagrams() {
        return datagrams;
    }

    private void accept() {
        try {
            while (closed.getCount() > 0) {
                Socket client = server.accept();
                clients.put(client, Thread.ofVirtual().start(() -> serve(client)));
            }
        } catch (IOException e) {
            closed.countDown();
        }
    }

    private void serve(Socket client) {
        try (client) {
            BufferedReader in = new BufferedReader(
                    new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
            DataOutputStream out = new DataOutputStream(new BufferedOutputStream(client.getOutputStream(), 1 << 16));
            Packets to = new Interleaved(out);
            for (List<String> request = request(in); !request.isEmpty(); request = request(in)) {
                to = datagrams(request, to);
                answer(request, out, to);
                if (request.getFirst().startsWith("PLAY")) {
                    played.countDown();
                    playedTwice.countDown();
                    if (video.pictures().isEmpty()) {
                        report(out);
                    } else {
                        play(to);
                    }
                }
            }
        } catch (IOException e) {
            // The client has disconnected, or was cut off: normal for a camera.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            clients.remove(client);
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

    /** Obeys a client that asks for datagrams. */
    private Packets datagrams(List<String> request, Packets before) throws IOException {
        Matcher asked = CLIENT_PORT.matcher(String.join("\n", request));
        if (!asked.find()) {
            return before;
        }
        datagrams = true;
        return new Datagrams(new DatagramSocket(0, InetAddress.getLoopbackAddress()),
                Integer.parseInt(asked.group(1)));
    }

    private void answer(List<String> request, DataOutputStream out, Packets to) throws IOException {
        String number = request.stream().filter(line -> line.startsWith("CSeq")).findFirst().orElse("CSeq: 0");
        if (!login.isEmpty() && !request.contains(login)) {
            send(out, "401 Unauthorized", number, "WWW-Authenticate: Basic realm=\"yard\"\r\n\r\n");
            return;
        }
        String method = request.getFirst().split(" ", 2)[0];
        send(out, "200 OK", number, switch (method) {
            case "DESCRIBE" -> "Content-Type: application/sdp\r\nContent-Length: " + description().length() + "\r\n\r\n"
                    + description();
            case "SETUP" -> "Transport: " + to.transport() + "\r\nSession: 1\r\n\r\n";
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
                """.formatted(base64.encodeToString(video.parameters().getFirst()),
                base64.encodeToString(video.parameters().getLast()));
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

    private void play(Packets to) throws IOException, InterruptedException {
        int sequence = 0;
        long begun = System.nanoTime();
        for (long round = 0;; round++) {
            for (int picture = 0; picture < packets.size(); picture++) {
                double micros = (video.pictures().get(picture).micros() + round * video.lengthMicros()) / speed;
                long wait = begun + Math.round(micros * 1000) - System.nanoTime();
                if (closed.await(Math.max(0, wait), TimeUnit.NANOSECONDS)) {
                    return;
                }
                List<byte[]> parts = packets.get(picture);
                for (int part = 0; part < parts.size(); part++) {
                    byte[] payload = parts.get(part);
                    to.send(ByteBuffer.allocate(12 + payload.length).put((byte) 0x80)
                            .put((byte) (part == parts.size() - 1 ? 0x80 | 96 : 96)).putShort((short) sequence++)
                            .putInt((int) Math.round(micros * TICKS_PER_MICRO)).putInt(1).put(payload).array());
                }
                to.flush();
            }
        }
    }

    /** The payloads of a picture: units, or fragments of long units. */
    private static List<byte[]> packets(List<byte[]> units) {
        List<byte[]> packets = new ArrayList<>();
        for (byte[] unit : units) {
            boolean whole = unit.length <= MOST_IN_A_PACKET;
            for (int from = whole ? 0 : 1; from < unit.length; from += MOST_IN_A_PACKET) {
                int length = Math.min(MOST_IN_A_PACKET, unit.length - from);
                ByteArrayOutputStream packet = new ByteArrayOutputStream();
                if (!whole) {
                    packet.write((unit[0] & 0xE0) | 28);
                    packet.write((from == 1 ? 0x80 : 0) | (from + length == unit.length ? 0x40 : 0)
                            | (unit[0] & 0x1F));
                }
                packet.write(unit, from, length);
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

    /** How the packets of the pictures reach the client. */
    private interface Packets {
        String transport();

        void send(byte[] packet) throws IOException;

        /** The picture is complete. */
        void flush() throws IOException;
    }

    private record Interleaved(DataOutputStream out) implements Packets {
        @Override
        public String transport() {
            return "RTP/AVP/TCP;unicast;interleaved=0-1";
        }

        @Override
        public void send(byte[] packet) throws IOException {
            out.writeByte('$');
            out.writeByte(0);
            out.writeShort(packet.length);
            out.write(packet);
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }
    }

    private record Datagrams(DatagramSocket socket, int port) implements Packets {
        @Override
        public String transport() {
            return "RTP/AVP;unicast;client_port=" + port + "-" + (port + 1) + ";server_port=" + socket.getLocalPort()
                    + "-" + (socket.getLocalPort() + 1);
        }

        @Override
        public void send(byte[] packet) throws IOException {
            socket.send(new DatagramPacket(packet, packet.length, InetAddress.getLoopbackAddress(), port));
        }

        @Override
        public void flush() {
            // Each datagram has been sent.
        }
    }
}
