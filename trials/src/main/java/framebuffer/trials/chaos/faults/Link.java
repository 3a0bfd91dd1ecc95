package framebuffer.trials.chaos.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All connections from one process to another, through us, so that they can be cut, stalled and delayed. For any thread. */
final class Link implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Link.class);
    private static final int CONNECT_MILLIS = 1_000;
    private static final int CHUNK = 65_536;

    private final ServerSocket listener;
    private final List<Integer> targets;
    private final AtomicInteger turn = new AtomicInteger();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean stalled;
    private boolean closed;
    private volatile int delayMillis;

    /**
     * @param targets
     *            ports on this machine; each connection goes to the next that takes it
     */
    Link(List<Integer> targets) {
        this.targets = List.copyOf(targets);
        try {
            listener = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().name("link").start(this::accept);
    }

    /** Where it listens, on the loopback interface. */
    public int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Thread.ofVirtual().start(() -> connect(client));
            } catch (IOException e) {
                log.debug("closed, or a client that was gone before it was taken", e);
            }
        }
    }

    private void connect(Socket client) {
        open.add(client);
        for (int i = 0; i < targets.size(); i++) {
            Socket server = new Socket();
            open.add(server);
            try {
                server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(),
                        targets.get(Math.floorMod(turn.getAndIncrement(), targets.size()))), CONNECT_MILLIS);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                Thread.ofVirtual().start(() -> pass(client, server));
                pass(server, client);
                return;
            } catch (IOException e) {
                // Nobody there: the next one.
                drop(server);
            }
        }
        drop(client);
    }

    private void pass(Socket from, Socket to) {
        byte[] buffer = new byte[CHUNK];
        try {
            InputStream in = from.getInputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                hold();
                to.getOutputStream().write(buffer, 0, read);
            }
        } catch (IOException e) {
            // Either side broke it, or we did: it ends on both.
            drop(from);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            drop(from);
            drop(to);
        }
    }

    private void hold() throws InterruptedException {
        int late = delayMillis;
        if (late > 0) {
            Thread.sleep(late);
        }
        lock.lock();
        try {
            while (stalled && !closed) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** What has come stays here until it is let go. */
    void stall(boolean now) {
        lock.lock();
        try {
            stalled = now;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** From now on all comes late by so much; 0: as soon as it can. */
    void delay(int millis) {
        delayMillis = millis;
    }

    /** Breaks all connections. */
    void cut() {
        open.forEach(this::drop);
    }

    /** With a reset, so that the other side learns it at once. */
    private void drop(Socket socket) {
        open.remove(socket);
        try {
            if (!socket.isClosed()) {
                socket.setSoLinger(true, 0);
            }
            socket.close();
        } catch (IOException e) {
            // It is closed all the same.
            open.remove(socket);
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }
}
