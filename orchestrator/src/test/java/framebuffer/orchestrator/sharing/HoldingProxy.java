package framebuffer.orchestrator.sharing;

import framebuffer.streams.RedisAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/** Stands between one client and Redis, on all of its connections, and holds the client up before one of its requests. */
final class HoldingProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final RedisAddress redis;
    private final ReentrantLock lock = new ReentrantLock();
    private int left = Integer.MAX_VALUE;
    private CompletableFuture<Void> held = new CompletableFuture<>();
    private CompletableFuture<Void> released = new CompletableFuture<>();

    HoldingProxy(RedisAddress redis) {
        this.redis = redis;
        try {
            listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.startVirtualThread(this::accept);
    }

    RedisAddress address() {
        return RedisAddress.local(listener.getLocalPort());
    }

    /** Lets so many requests pass and holds the next; done once that is held. */
    CompletableFuture<Void> holdAfter(int requests) {
        lock.lock();
        try {
            left = requests;
            held = new CompletableFuture<>();
            released = new CompletableFuture<>();
            return held;
        } finally {
            lock.unlock();
        }
    }

    /** Lets the one that is held pass, and all that come. */
    void release() {
        lock.lock();
        try {
            left = Integer.MAX_VALUE;
            released.complete(null);
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        try {
            for (;;) {
                Socket client = listener.accept();
                Socket server = new Socket(redis.host(), redis.port());
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                Thread.startVirtualThread(() -> pass(client, server, true));
                Thread.startVirtualThread(() -> pass(server, client, false));
            }
        } catch (IOException e) {
            held.completeExceptionally(e);
        }
    }

    /** What a client writes at once is one request: it waits for the answer before the next. */
    private void pass(Socket from, Socket to, boolean requests) {
        byte[] buffer = new byte[65_536];
        try (from; to) {
            for (int n = from.getInputStream().read(buffer); n >= 0; n = from.getInputStream().read(buffer)) {
                if (requests) {
                    turnstile().join();
                }
                to.getOutputStream().write(buffer, 0, n);
            }
        } catch (IOException e) {
            // One of both has hung up, and so does the other.
            return;
        }
    }

    private CompletableFuture<Void> turnstile() {
        lock.lock();
        try {
            left--;
            if (left >= 0) {
                return CompletableFuture.completedFuture(null);
            }
            held.complete(null);
            return released;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        release();
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
