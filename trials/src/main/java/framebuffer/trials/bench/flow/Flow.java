package framebuffer.trials.bench.flow;

import framebuffer.client.WorkFrame;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.trials.bench.rig.BenchFrames;
import framebuffer.trials.load.ResultFollower;
import framebuffer.trials.load.Schedule;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Frames at a fixed rate, each timed from its due time to the call of its handler and to its visible result. One thread sends, one reads
 * the results; the caller's handlers call {@link #handled}.
 */
final class Flow implements AutoCloseable {
    private static final Duration LEAD = Duration.ofMillis(100);
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final int AT_ONCE = 500;

    private final String prefix;
    private final int cameras;
    private final Schedule schedule;
    private final RedisLoop sending;
    private final RedisLoop following;
    private final AtomicLong sent = new AtomicLong();
    private final Timings toHandler = new Timings();
    private final Timings toResult = new Timings();
    private final AtomicLong lastResultAt = new AtomicLong();
    private final List<Long> backlogs = new ArrayList<>();

    /**
     * @param name distinguishes its frames from those of other flows
     */
    private Flow(String name, int cameras, Schedule schedule, RedisAddress redis, EntryId lastResult) {
        this.prefix = name + '-';
        this.cameras = cameras;
        this.schedule = schedule;
        this.following = new RedisLoop(name + "-results", redis,
                new ResultFollower(Keys.DEFAULT.results(), lastResult, this::came));
        this.sending = new RedisLoop(name + "-sender", redis, this::send);
    }

    /** Starts the flow. */
    static Flow start(String name, double fps, Duration duration, int cameras, RedisAddress redis) {
        EntryId lastResult;
        try (RedisConnection look = RedisConnection.open(redis)) {
            lastResult = ResultFollower.last(look, Keys.DEFAULT.results());
        }
        Schedule schedule = Schedule.of(System.nanoTime() + LEAD.toNanos(), fps, duration);
        Flow flow = new Flow(name, cameras, schedule, redis, lastResult);
        flow.following.start();
        flow.sending.start();
        return flow;
    }

    /** Records that a handler was called with a frame; ignores frames of other flows. */
    void handled(WorkFrame frame) {
        long now = System.nanoTime();
        long number = number(frame.frame().frameId());
        if (number >= 0) {
            toHandler.took(now - schedule.intended(number));
        }
    }

    private long number(String frameId) {
        return frameId.startsWith(prefix) ? Long.parseLong(frameId.substring(prefix.length())) : -1;
    }

    private void send(RedisConnection redis) throws InterruptedException {
        long from = sent.get();
        long now = System.nanoTime();
        long to = Math.min(schedule.due(now), from + AT_ONCE);
        if (to == from) {
            LockSupport.parkNanos(from < schedule.frames()
                    ? Math.min(LOOK.toNanos(), schedule.intended(from) - now)
                    : LOOK.toNanos());
            return;
        }
        for (long frame = from; frame < to; frame++) {
            redis.send("XADD", BenchFrames.announcement(prefix + frame, "cam" + frame % cameras, frame, 0));
        }
        for (long frame = from; frame < to; frame++) {
            redis.receive();
        }
        sent.set(to);
    }

    private void came(Fields result, long now) {
        long number = number(String.valueOf(result.text("frame_id")));
        if (number >= 0) {
            toResult.took(now - schedule.intended(number));
            lastResultAt.set(now);
        }
    }

    /**
     * Waits until every frame has its result.
     *
     * @param atMost maximum wait after the last due time
     * @return whether all frames have a result
     */
    boolean await(Duration atMost) throws InterruptedException {
        long last = schedule.intended(schedule.frames());
        while (toResult.count() < schedule.frames() && System.nanoTime() - last < atMost.toNanos()) {
            TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
            if (System.nanoTime() < last) {
                backlogs.add(schedule.due(System.nanoTime()) - toResult.count());
            }
        }
        return toResult.count() >= schedule.frames();
    }

    /**
     * Whether the number of unfinished frames did not grow: in the last third of the time at most as many as in the first, plus the frames
     * of 50 ms.
     */
    boolean isSustained() {
        int third = backlogs.size() / 3;
        double first = backlogs.subList(0, third).stream().mapToLong(Long::longValue).average().orElse(0);
        double last = backlogs.subList(backlogs.size() - third, backlogs.size()).stream().mapToLong(Long::longValue)
                .average().orElse(0);
        return last <= first + Math.max(20, schedule.fps() / 20);
    }

    Schedule schedule() {
        return schedule;
    }

    /** Current time in nanoseconds, as in the schedule. */
    long lastResultAt() {
        return lastResultAt.get();
    }

    /** Times from the due time to the call of the handler. */
    Timings toHandler() {
        return toHandler;
    }

    /** Times from the due time to the visible result. */
    Timings toResult() {
        return toResult;
    }

    @Override
    public void close() {
        sending.stop();
        following.stop();
        sending.close();
        following.close();
    }
}
