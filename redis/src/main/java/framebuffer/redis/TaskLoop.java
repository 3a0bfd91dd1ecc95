package framebuffer.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Several tasks that share one thread and one connection. Each task runs when its pause is over; the task that has been due for longest
 * runs first. A task does a bounded piece of work at a time, so it delays the others by no more than that piece.
 *
 * <p>
 * A task that fails or that Redis refuses pauses, for longer each time; the others continue. When the connection breaks, all tasks restart
 * on a new one.
 */
public final class TaskLoop implements RedisLoop.Work, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TaskLoop.class);
    /** The longest pause, which bounds the wait of an added task. */
    private static final Duration LONGEST_REST = Duration.ofMillis(50);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final RedisAddress address;
    private final LongSupplier nanoTime;
    private final RedisLoop loop;
    private final List<Task> all = new CopyOnWriteArrayList<>();
    /** Held while a task uses the connection. */
    private final ReentrantLock using = new ReentrantLock();
    private @Nullable RedisConnection connection;

    /** Creates the loop; {@link #start} starts it. */
    public TaskLoop(String name, RedisAddress address) {
        this(name, address, System::nanoTime);
    }

    TaskLoop(String name, RedisAddress address, LongSupplier nanoTime) {
        this.address = address;
        this.nanoTime = nanoTime;
        this.loop = new RedisLoop(name, address, this);
    }

    /** Starts the loop. Starting it twice, or after a stop, does nothing. */
    public TaskLoop start() {
        loop.start();
        return this;
    }

    /**
     * Adds a task, which runs soon. From any thread.
     *
     * @param name names the task in logs and in {@link #trouble}
     */
    public TaskLoop add(String name, RedisLoop.Work work) {
        all.add(new Task(name, work, new WorkFaults(log, name, address), nanoTime.getAsLong()));
        return this;
    }

    /**
     * Removes a task after its current piece of work, and lets it finish ({@link RedisLoop.Work#stopping}) if Redis answers. From any
     * thread, including the loop's own. An unknown task is no error.
     */
    public void remove(RedisLoop.Work work) {
        using.lock();
        try {
            List<Task> removed = all.stream().filter(task -> task.work.equals(work)).toList();
            all.removeAll(removed);
            for (Task task : removed) {
                task.faults.leave();
                RedisConnection redis = connection;
                if (redis != null && !redis.isBroken() && task.connected) {
                    finish(task, redis);
                }
            }
        } finally {
            using.unlock();
        }
    }

    /** Why the loop or a task cannot work at present; empty: all work. */
    public Optional<String> trouble() {
        return troubleOf(_ -> true);
    }

    /** Why this task cannot work at present; empty: it can. */
    public Optional<String> trouble(RedisLoop.Work work) {
        return troubleOf(task -> task.work.equals(work));
    }

    private Optional<String> troubleOf(Predicate<Task> which) {
        String ofAll = loop.trouble();
        return ofAll == null
                ? all.stream().filter(which).map(task -> task.faults.current()).filter(Objects::nonNull)
                        .findFirst()
                : Optional.of(ofAll);
    }

    /** Whether a turn of each task has succeeded. */
    public boolean hasWorked() {
        return all.stream().allMatch(task -> task.faults.hasWorked());
    }

    /** Requests a stop without waiting. */
    public void stop() {
        loop.stop();
    }

    /** Requests a stop and waits for it; see {@link RedisLoop#close}. */
    @Override
    public void close() {
        loop.close();
    }

    /** A task and its due time. */
    private static final class Task {
        private final String name;
        private final RedisLoop.Work work;
        private final WorkFaults faults;
        private boolean connected;
        private long due;
        private Duration pause = FIRST_PAUSE;

        Task(String name, RedisLoop.Work work, WorkFaults faults, long due) {
            this.name = name;
            this.work = work;
            this.faults = faults;
            this.due = due;
        }

        void run(RedisConnection redis) throws InterruptedException {
            if (!connected) {
                faults.tryAgain(redis);
                work.connected(redis);
                connected = true;
            }
            work.runOnce(redis);
        }

        void worked(long now) {
            due = now + work.rest().toNanos();
            pause = FIRST_PAUSE;
            faults.worked();
        }

        void failed(RuntimeException e, long now) {
            faults.failed(e, false);
            connected = false;
            due = now + pause.toNanos();
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        }
    }

    private static void finish(Task task, RedisConnection redis) {
        try {
            task.work.stopping(redis);
        } catch (RedisUnavailable | RedisRefused e) {
            redis.close();
            log.debug("{} could not finish: {}", task.name, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void connected(RedisConnection redis) {
        using.lock();
        try {
            connection = redis;
            long now = nanoTime.getAsLong();
            for (Task task : all) {
                task.connected = false;
                task.due = task.faults.current() == null ? now : task.due;
            }
        } finally {
            using.unlock();
        }
    }

    @Override
    public void runOnce(RedisConnection redis) throws InterruptedException {
        long now = nanoTime.getAsLong();
        List<Task> due = new ArrayList<>(all);
        due.removeIf(task -> task.due - now > 0);
        due.sort(Comparator.comparingLong(task -> task.due - now));
        for (Task task : due) {
            using.lock();
            try {
                if (all.contains(task)) {
                    run(task, redis);
                }
            } finally {
                using.unlock();
            }
        }
    }

    private void run(Task task, RedisConnection redis) throws InterruptedException {
        try {
            task.run(redis);
            task.worked(nanoTime.getAsLong());
        } catch (RedisUnavailable e) {
            throw e;
        } catch (RuntimeException e) {
            task.failed(e, nanoTime.getAsLong());
            closeIfOwed(redis, e);
            if (!(e instanceof RedisRefused)) {
                closeIfOutOfStep(redis, e);
            }
        }
    }

    /** Otherwise the next task would receive the replies to this task's commands. */
    private static void closeIfOwed(RedisConnection redis, RuntimeException cause) {
        if (redis.isOwed()) {
            redis.close();
            throw new RedisUnavailable("a task left replies behind", cause);
        }
    }

    /** A fault may be the effect of a corrupt reply; then every later command would receive the reply to another. */
    private static void closeIfOutOfStep(RedisConnection redis, RuntimeException cause) {
        String mark = Long.toHexString(ThreadLocalRandom.current().nextLong());
        if (redis.isBroken() || !mark.equals(Replies.text(redis.call("PING", mark)))) {
            redis.close();
            throw new RedisUnavailable("the connection is out of step: a reply was corrupt", cause);
        }
    }

    @Override
    public Duration rest() {
        long now = nanoTime.getAsLong();
        long next = all.stream().mapToLong(task -> task.due - now).min().orElse(LONGEST_REST.toNanos());
        return Duration.ofNanos(Math.clamp(next, 0, LONGEST_REST.toNanos()));
    }

    @Override
    public void stopping(RedisConnection redis) throws InterruptedException {
        using.lock();
        try {
            for (Task task : all) {
                if (task.connected) {
                    task.work.stopping(redis);
                }
            }
            connection = null;
        } finally {
            using.unlock();
        }
    }
}
