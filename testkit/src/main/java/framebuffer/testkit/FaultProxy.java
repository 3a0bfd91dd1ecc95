package framebuffer.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on a loopback port. It can cut, stall, delay and refuse connections, and hold or lose single requests and replies. Bytes that
 * a client writes at once count as one request. Thread-safe.
 */
public final class FaultProxy implements AutoCloseable {
    private static final int CONNECT_MILLIS = 1_000;
    private static final int CHUNK = 65_536;

    private final ServerSocket listener;
    private final List<Integer> targets;
    private final AtomicInteger turn = new AtomicInteger();
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger turnedAway = new AtomicInteger();
    private final AtomicReference<@Nullable String> swallowReplyTo = new AtomicReference<>();
    private final AtomicReference<@Nullable Hold> hold = new AtomicReference<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean stalled;
    private Direction cutWay = Direction.TO_SERVER;
    private long cutAfter = Long.MAX_VALUE;
    private volatile boolean down;
    private volatile int delayMillis;

    /** The direction of bytes. */
    public enum Direction {
        TO_SERVER, TO_CLIENT
    }

    /** Creates a proxy for one port. */
    public FaultProxy(int target) {
        this(List.of(target));
    }

    /**
     * Creates a proxy for several ports.
     *
     * @param targets each connection goes to the next port that accepts it
     */
    public FaultProxy(List<Integer> targets) {
        this.targets = List.copyOf(targets);
        try {
            listener = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().name("fault-proxy").start(this::accept);
    }

    /** The port of the proxy. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Resets every connection; new connections work. */
    public void cut() {
        open.forEach(Connection::reset);
    }

    /** Resets every connection, and each new one at once, until {@link #up}. */
    public void down() {
        down = true;
        cut();
    }

    /** Accepts new connections again. */
    public void up() {
        down = false;
    }

    /** The number of connections refused while the proxy was down. */
    public int turnedAway() {
        return turnedAway.get();
    }

    /** Starts or stops holding all bytes, in both directions. */
    public void stall(boolean now) {
        lock.lock();
        try {
            stalled = now;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Delays all bytes by this time; 0: no delay. */
    public void delay(int millis) {
        delayMillis = millis;
    }

    /**
     * Cuts a connection after this many more bytes in this direction. Closes the client's side, and half-closes the server's, which
     * finishes its requests. Call it while no bytes are in transit.
     */
    public void cutAfter(Direction way, long bytes) {
        lock.lock();
        try {
            cutWay = way;
            cutAfter = bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until every connection has ended on both sides; the server has then processed all received requests. */
    public void awaitEnd() {
        Await.until("all connections have ended", open::isEmpty);
    }

    /** Forwards the next request that contains this text, and cuts the connection before its reply. */
    public void swallowReplyTo(String marker) {
        swallowReplyTo.set(marker);
    }

    /** Whether the request of {@link #swallowReplyTo} has arrived. */
    public boolean hasSwallowed() {
        return swallowReplyTo.get() == null;
    }

    /** Holds replies to requests that contain this text, until {@link #release}. Completes when such a request arrives. */
    public CompletableFuture<Void> holdRepliesTo(String marker) {
        return begin(new Hold(marker, Integer.MAX_VALUE));
    }

    /** Forwards this many requests and holds the next ones, until {@link #release}. Completes when a request is held. */
    public CompletableFuture<Void> holdAfter(int requests) {
        return begin(new Hold(null, requests));
    }

    private CompletableFuture<Void> begin(Hold next) {
        hold.set(next);
        return next.reached;
    }

    /** Releases held data, and stops holding. */
    public void release() {
        Hold last = hold.getAndSet(null);
        if (last != null) {
            last.released.complete(null);
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                if (down) {
                    turnedAway.incrementAndGet();
                    reset(client);
                } else {
                    Thread.ofVirtual().start(() -> connect(client));
                }
            } catch (IOException e) {
                // The proxy is closed, or the client has disconnected.
            }
        }
    }

    private void connect(Socket client) {
        for (int i = 0; i < targets.size(); i++) {
            Socket server = new Socket();
            try {
                server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(),
                        targets.get(Math.floorMod(turn.getAndIncrement(), targets.size()))), CONNECT_MILLIS);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                new Connection(client, server).start();
                return;
            } catch (IOException e) {
                // No server there: try the next target.
                reset(server);
            }
        }
        reset(client);
    }

    /** Closes with a reset, so that the other side notices at once. */
    private static void reset(Socket socket) {
        try (socket) {
            if (!socket.isClosed()) {
                socket.setSoLinger(true, 0);
            }
        } catch (IOException e) {
            // The socket is closed in any case.
        }
    }

    private void pause() throws InterruptedException {
        int late = delayMillis;
        if (late > 0) {
            Thread.sleep(late);
        }
        lock.lock();
        try {
            while (stalled) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The number of these bytes before the cut; -1: no cut. */
    private int untilCut(Direction way, int bytes) {
        lock.lock();
        try {
            if (way != cutWay || bytes < cutAfter) {
                cutAfter -= way == cutWay && cutAfter != Long.MAX_VALUE ? bytes : 0;
                return -1;
            }
            int rest = (int) cutAfter;
            cutAfter = Long.MAX_VALUE;
            return rest;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        down = true;
        stall(false);
        release();
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }

    /** Held requests or replies. */
    private static final class Hold {
        private final CompletableFuture<Void> reached = new CompletableFuture<>();
        private final CompletableFuture<Void> released = new CompletableFuture<>();
        private final @Nullable String repliesTo;
        private final AtomicInteger requests;

        Hold(@Nullable String repliesTo, int requests) {
            this.repliesTo = repliesTo;
            this.requests = new AtomicInteger(requests);
        }
    }

    private final class Connection {
        private final Socket client;
        private final Socket server;
        private final AtomicInteger running = new AtomicInteger(2);
        private volatile boolean severed;
        private volatile boolean swallowing;
        private volatile @Nullable Hold held;

        Connection(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void start() {
            open.add(this);
            if (down) {
                reset();
            }
            Thread.ofVirtual().start(() -> pump(Direction.TO_SERVER, client, server));
            Thread.ofVirtual().start(() -> pump(Direction.TO_CLIENT, server, client));
        }

        void reset() {
            FaultProxy.reset(client);
            FaultProxy.reset(server);
        }

        private void pump(Direction way, Socket from, Socket to) {
            byte[] buffer = new byte[CHUNK];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                    if (!severed) {
                        pass(way, buffer, length, out);
                    }
                }
                sever();
            } catch (IOException e) {
                // One side, or we, broke the connection: close both sides.
                if (!severed) {
                    reset();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                reset();
            } finally {
                if (running.decrementAndGet() == 0) {
                    reset();
                    open.remove(this);
                }
            }
        }

        private void pass(Direction way, byte[] buffer, int length, OutputStream out)
                throws IOException, InterruptedException {
            pause();
            if (way == Direction.TO_SERVER) {
                look(buffer, length);
            } else {
                keepBack();
            }
            int rest = untilCut(way, length);
            out.write(buffer, 0, rest < 0 ? length : rest);
            if (rest >= 0) {
                sever();
            }
        }

        /** Inspects a request. */
        private void look(byte[] buffer, int length) {
            String marker = swallowReplyTo.get();
            Hold now = hold.get();
            if (marker == null && now == null) {
                return;
            }
            String text = new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
            if (marker != null && text.contains(marker) && swallowReplyTo.compareAndSet(marker, null)) {
                swallowing = true;
            }
            if (now != null && now.repliesTo == null && now.requests.getAndDecrement() <= 0) {
                now.reached.complete(null);
                now.released.join();
            } else if (now != null && now.repliesTo != null && text.contains(now.repliesTo)) {
                held = now;
                now.reached.complete(null);
            }
        }

        /** Holds a reply until its release, or forever. */
        private void keepBack() {
            if (swallowing) {
                reset();
            }
            Hold now = held;
            if (now != null) {
                now.released.join();
                held = null;
            }
        }

        /** Closes the client's side, and half-closes the server's. */
        private void sever() throws IOException {
            severed = true;
            client.close();
            if (!server.isClosed() && !server.isOutputShutdown()) {
                server.shutdownOutput();
            }
        }
    }
}
