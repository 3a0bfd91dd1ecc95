package framebuffer.bridge.testing;

import framebuffer.bridge.mqtt.client.MqttAddress;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * A broker on loopback that acknowledges some topics at once, and the others when a test says so. It speaks as much of MQTT 3.1.1 as a
 * publisher needs, and sends each message back.
 */
public final class ControlledBroker implements AutoCloseable {
    private static final int CONNECT = 1;
    private static final int PUBLISH = 3;
    private static final int SUBSCRIBE = 8;
    private static final int UNSUBSCRIBE = 10;
    private static final int DISCONNECT = 14;

    private final ServerSocket server;
    private final Predicate<String> acknowledged;
    private final List<String> topics = new CopyOnWriteArrayList<>();
    private final List<Acknowledgement> waiting = new ArrayList<>();
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();

    private record Acknowledgement(OutputStream to, int id) {
    }

    /** @param acknowledged topics whose messages are acknowledged at once */
    public ControlledBroker(Predicate<String> acknowledged) throws IOException {
        this.server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        this.acknowledged = acknowledged;
        Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                begun.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private void serve(Socket client) {
        try (client) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            OutputStream out = client.getOutputStream();
            for (int type = in.readUnsignedByte() >> 4; type != DISCONNECT; type = in.readUnsignedByte() >> 4) {
                answer(type, ByteBuffer.wrap(in.readNBytes(length(in))), out);
            }
        } catch (IOException e) {
            // The client has gone.
        } finally {
            ended.incrementAndGet();
        }
    }

    private static int length(DataInputStream in) throws IOException {
        int length = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            int part = in.readUnsignedByte();
            length |= (part & 0x7F) << shift;
            if (part < 0x80) {
                return length;
            }
        }
        throw new EOFException("no length");
    }

    private synchronized void answer(int type, ByteBuffer packet, OutputStream out) throws IOException {
        switch (type) {
            case CONNECT -> out.write(new byte[]{0x20, 2, 0, 0});
            case PUBLISH -> published(packet, out);
            case SUBSCRIBE -> out.write(new byte[]{(byte) 0x90, 3, packet.get(), packet.get(), 1});
            case UNSUBSCRIBE -> out.write(new byte[]{(byte) 0xB0, 2, packet.get(), packet.get()});
            default -> out.write(new byte[]{(byte) 0xD0, 0});
        }
    }

    private void published(ByteBuffer packet, OutputStream out) throws IOException {
        byte[] name = new byte[packet.getShort() & 0xFFFF];
        packet.get(name);
        String topic = new String(name, StandardCharsets.UTF_8);
        int id = packet.getShort() & 0xFFFF;
        out.write(new byte[]{0x30, (byte) (2 + name.length), 0, (byte) name.length});
        out.write(name);
        if (acknowledged.test(topic)) {
            acknowledge(new Acknowledgement(out, id));
        } else {
            waiting.add(new Acknowledgement(out, id));
        }
        topics.add(topic);
    }

    private static void acknowledge(Acknowledgement one) throws IOException {
        one.to().write(new byte[]{0x40, 2, (byte) (one.id() >> 8), (byte) one.id()});
    }

    /** Acknowledges all that waits. */
    public synchronized void acknowledge() throws IOException {
        for (Acknowledgement one : waiting) {
            acknowledge(one);
        }
        waiting.clear();
    }

    /** Acknowledges the oldest message that waits. */
    public synchronized void acknowledgeOldest() throws IOException {
        acknowledge(waiting.removeFirst());
    }

    /** The number of messages that are not acknowledged. */
    public synchronized int waiting() {
        return waiting.size();
    }

    /** The topics of the messages, in the order in which they came. */
    public List<String> topics() {
        return topics;
    }

    /** The number of connections that have begun. */
    public int begun() {
        return begun.get();
    }

    /** The number of connections that their clients have ended. */
    public int ended() {
        return ended.get();
    }

    public MqttAddress address() {
        return new MqttAddress("127.0.0.1", server.getLocalPort(), false, null, null, null);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
