package framebuffer.vision.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A server on this machine that behaves in the same way on each connection, until it is closed. */
public final class Peer implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    private final ConcurrentLinkedQueue<Socket> callers = new ConcurrentLinkedQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch twice = new CountDownLatch(2);
    private final Behaviour behaviour;

    /** Handles a connection. */
    @FunctionalInterface
    public interface Behaviour {
        void talk(InputStream in, OutputStream out, Peer self) throws IOException, InterruptedException;
    }

    public Peer(Behaviour behaviour) throws IOException {
        this.behaviour = behaviour;
        Thread.ofVirtual().start(this::accept);
    }

    /** Sends nothing. */
    public static Peer silent() throws IOException {
        return new Peer((in, _, _) -> in.transferTo(OutputStream.nullOutputStream()));
    }

    /** Sends this, and nothing more. */
    public static Peer saying(String text) throws IOException {
        return new Peer((in, out, _) -> {
            say(out, text);
            in.transferTo(OutputStream.nullOutputStream());
        });
    }

    /** Sends this once, then that ten times per second. */
    public static Peer saying(String first, String again) throws IOException {
        return new Peer((_, out, self) -> {
            say(out, first);
            while (!self.closed.await(100, TimeUnit.MILLISECONDS)) {
                say(out, again);
            }
        });
    }

    /** Sends this response to a request, and closes the connection. */
    public static Peer answering(byte[] answer) throws IOException {
        return new Peer((in, out, _) -> {
            if (in.read(new byte[8192]) > 0) {
                out.write(answer);
            }
        });
    }

    public static void say(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Whether a client connects a second time within ten seconds. */
    public boolean calledTwice() throws InterruptedException {
        return twice.await(10, TimeUnit.SECONDS);
    }

    private void accept() {
        try {
            while (closed.getCount() > 0) {
                Socket caller = server.accept();
                callers.add(caller);
                twice.countDown();
                Thread.ofVirtual().start(() -> talk(caller));
            }
        } catch (IOException e) {
            closed.countDown();
        }
    }

    private void talk(Socket caller) {
        try (caller) {
            behaviour.talk(caller.getInputStream(), caller.getOutputStream(), this);
        } catch (SocketException e) {
            // The client has disconnected, or was cut off.
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        server.close();
        for (Socket caller : callers) {
            caller.close();
        }
    }
}
