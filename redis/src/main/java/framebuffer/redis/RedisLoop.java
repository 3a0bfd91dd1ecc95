package framebuffer.redis;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A loop with its own Redis connection; the base of all our loops.
 *
 * <p>
 * It connects, notifies its work, and runs one turn after another. When the connection fails, it reconnects after a pause that doubles
 * within the {@link ConnectTimeouts} of the address. A random part of up to one half is subtracted, so that many loops do not reconnect at
 * once.
 */
public final class RedisLoop implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RedisLoop.class);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(10);

    private final RedisAddress address;
    private final Work work;
    private final Thread thread;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final WorkFaults faults;
    private volatile @Nullable RedisConnection connection;
    private volatile boolean started;
    private Duration pause;

    /** The work of a loop. All methods run on the loop's thread. */
    public interface Work {
        /** Called on a new connection without outstanding replies. Commands on an earlier connection may or may not have taken effect. */
        default void connected(RedisConnection redis) throws InterruptedException {
        }

        /** Runs one turn, for at most some hundred milliseconds. */
        void runOnce(RedisConnection redis) throws InterruptedException;

        /** The pause between two turns; a stop ends it. */
        default Duration rest() {
            return Duration.ZERO;
        }

        /** Called at a graceful stop, to finish pending work. Not called while Redis is unavailable. */
        default void stopping(RedisConnection redis) throws InterruptedException {
        }
    }

    public RedisLoop(String name, RedisAddress address, Work work) {
        this.address = address;
        this.pause = address.patience().firstPause();
        this.work = work;
        this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
        this.faults = new WorkFaults(log, name, address);
    }

    /** Starts the loop. A second start, or a start after a stop, does nothing. */
    public synchronized RedisLoop start() {
        if (!started && stopping.getCount() > 0) {
            started = true;
            thread.start();
        }
        return this;
    }

    /** Why the loop cannot work at present; null: it works. */
    public @Nullable String trouble() {
        return faults.current();
    }

    /** Whether at least one turn has succeeded. */
    public boolean hasWorked() {
        return faults.hasWorked();
    }

    /** Requests a stop without waiting. */
    public synchronized void stop() {
        stopping.countDown();
    }

    /**
     * Requests a stop and waits for it, at most 10 s or until the caller is interrupted; then closes its connection. May be called at any
     * time, more than once, and by the loop itself, which then ends after this turn.
     */
    @Override
    public void close() {
        stop();
        if (!started || Thread.currentThread() == thread) {
            return;
        }
        boolean ended = false;
        try {
            ended = thread.join(STOP_WITHIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!ended) {
            log.warn("{} did not end in time; cutting its connection", thread.getName());
            cut();
        }
    }

    private void cut() {
        RedisConnection open = connection;
        if (open != null) {
            open.close();
        }
        thread.interrupt();
    }

    private boolean stopped() {
        return stopping.getCount() == 0;
    }

    private void run() {
        try {
            while (!stopped()) {
                try (RedisConnection redis = RedisConnection.open(address)) {
                    connection = redis;
                    faults.tryAgain(redis);
                    work.connected(redis);
                    turns(redis);
                    work.stopping(redis);
                } catch (RuntimeException | Error e) {
                    // A programming error in one turn must not end the loop: it restarts from the state in Redis.
                    faults.failed(e, stopped());
                    pause();
                }
            }
        } catch (InterruptedException e) {
            log.debug("{} was interrupted and ends", thread.getName());
        } finally {
            faults.leave();
            connection = null;
        }
    }

    private void turns(RedisConnection redis) throws InterruptedException {
        while (!stopped()) {
            work.runOnce(redis);
            faults.worked();
            pause = address.patience().firstPause();
            Duration rest = work.rest();
            if (rest.isPositive() && stopping.await(rest.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        }
    }

    private void pause() throws InterruptedException {
        long most = pause.toMillis();
        if (!stopping.await(most - ThreadLocalRandom.current().nextLong(most / 2), TimeUnit.MILLISECONDS)) {
            Duration longest = address.patience().longestPause();
            pause = most * 2 > longest.toMillis() ? longest : pause.multipliedBy(2);
        }
    }
}
