package framebuffer.redis;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A loop with a Redis connection of its own: the one start and stop that every loop of ours has.
 *
 * <p>
 * It connects, tells its work so, and lets it take turn after turn. When the connection fails it connects again, after a pause that
 * doubles from the first to the longest that its address has {@link ConnectTimeouts} for, less up to a half of it by chance, so that many do
 * not come back at once.
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

    /** What a loop does. All is called on the loop's own thread. */
    public interface Work {
        /** A new connection stands; nothing is owed on it. What was sent on an earlier one may or may not have happened. */
        default void connected(RedisConnection redis) throws InterruptedException {
        }

        /** One turn. Returns soon, or waits no longer than some hundred milliseconds. */
        void runOnce(RedisConnection redis) throws InterruptedException;

        /** How long to rest between two turns; a stop ends the rest. */
        default Duration rest() {
            return Duration.ZERO;
        }

        /** The loop ends, in peace: a last chance to finish what was begun. Not called while Redis is away. */
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

    /** Starts it. Starting after a stop, or twice, does nothing. */
    public synchronized RedisLoop start() {
        if (!started && stopping.getCount() > 0) {
            started = true;
            thread.start();
        }
        return this;
    }

    /** Why it cannot work at present; null when it can. */
    public @Nullable String trouble() {
        return faults.current();
    }

    /** Asks it to end, and does not wait. */
    public synchronized void stop() {
        stopping.countDown();
    }

    /**
     * Asks it to end and waits until it has, for at most 10 s or until the caller is interrupted; then its connection is cut. May be
     * called at any time, twice too, and by the loop itself, which then ends with this turn.
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
                    // A fault of ours in one turn must not end the loop: it starts over from what Redis knows.
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
