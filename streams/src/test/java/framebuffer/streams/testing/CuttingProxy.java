package framebuffer.streams.testing;

import framebuffer.streams.RedisAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Stands between one client and Redis, and cuts their connection after so many bytes. */
public final class CuttingProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final CountDownLatch over = new CountDownLatch(1);
    private final Map<Way, Long> passed = new EnumMap<>(Map.of(Way.TO_REDIS, 0L, Way.TO_CLIENT, 0L));
    private Way cutWay = Way.TO_REDIS;
    private long cutAt = Long.MAX_VALUE;
    private volatile boolean cut;

    /** The direction of bytes. */
    public enum Way {
        TO_REDIS, TO_CLIENT
    }

    public CuttingProxy(RedisAddress redis) {
        try {
            listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.startVirtualThread(() -> serve(redis));
    }

    public RedisAddress address() {
        return RedisAddress.local(listener.getLocalPort());
    }

    /** Cuts once {@code bytes} more have passed this way. To be called while nothing is on its way. */
    public synchronized void cutAfter(Way way, long bytes) {
        cutWay = way;
        cutAt = passed(way) + bytes;
    }

    /** How many bytes have passed this way. */
    public synchronized long passed(Way way) {
        return Objects.requireNonNull(passed.get(way));
    }

    /** Waits until Redis has done all that reached it and has hung up. */
    public void awaitEnd() {
        try {
            if (!over.await(20, TimeUnit.SECONDS)) {
                throw new AssertionError("Redis did not hang up");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(RedisAddress address) {
        try (Socket client = listener.accept(); Socket redis = new Socket(address.host(), address.port())) {
            client.setTcpNoDelay(true);
            redis.setTcpNoDelay(true);
            Thread up = Thread.startVirtualThread(() -> {
                pump(Way.TO_REDIS, client, redis);
                hangUp(client, redis);
            });
            pump(Way.TO_CLIENT, redis, client);
            hangUp(client, redis);
            up.join();
        } catch (IOException | InterruptedException e) {
            cut = true;
        } finally {
            over.countDown();
        }
    }

    /** Passes bytes on until it is cut, and swallows the rest. */
    private void pump(Way way, Socket from, Socket to) {
        byte[] buffer = new byte[65_536];
        try {
            InputStream in = from.getInputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                int allowed = allowed(way, n);
                to.getOutputStream().write(buffer, 0, allowed);
                if (cut) {
                    hangUp(way == Way.TO_REDIS ? from : to, way == Way.TO_REDIS ? to : from);
                }
            }
        } catch (IOException e) {
            cut = true;
        }
    }

    private synchronized int allowed(Way way, int n) {
        if (cut) {
            return 0;
        }
        long left = way == cutWay ? cutAt - passed(way) : Long.MAX_VALUE;
        int allowed = (int) Math.min(n, left);
        passed.merge(way, (long) allowed, Long::sum);
        cut = allowed == left;
        return allowed;
    }

    /** The client's connection ends; Redis is told that nothing more comes, and finishes what it has. */
    private static void hangUp(Socket client, Socket redis) {
        try {
            client.close();
            if (!redis.isClosed() && !redis.isOutputShutdown()) {
                redis.shutdownOutput();
            }
        } catch (IOException e) {
            // Redis has hung up already.
        }
    }
}
