package framebuffer.trials.bench.flow;

import framebuffer.redis.GroupReader;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.StreamEntry;
import framebuffer.trials.bench.rig.BenchFrames;
import framebuffer.trials.load.Schedule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Measures one direct step through the same Redis at the same time: from XADD to XREADGROUP. */
final class RawHop implements AutoCloseable {
    private static final String STREAM = "bench:hop";
    private static final Duration WAIT = Duration.ofMillis(100);

    private final Schedule schedule;
    private final Timings timings = new Timings();
    private final GroupReader reader = new GroupReader(STREAM, "bench", "bench");
    private final AtomicLong sent = new AtomicLong();
    private final RedisLoop sending;
    private final RedisLoop reading;

    private RawHop(Schedule schedule, RedisAddress redis) {
        this.schedule = schedule;
        this.reading = new RedisLoop("hop-reader", redis, new Reading());
        this.sending = new RedisLoop("hop-sender", redis, this::send);
    }

    static RawHop start(double perSecond, Duration duration, RedisAddress redis) {
        RawHop hop = new RawHop(Schedule.of(System.nanoTime() + WAIT.toNanos(), perSecond, duration), redis);
        hop.reading.start();
        hop.sending.start();
        return hop;
    }

    private void send(RedisConnection redis) {
        long number = sent.get();
        long until = schedule.intended(number) - System.nanoTime();
        if (number >= schedule.frames() || until > 0) {
            LockSupport.parkNanos(number >= schedule.frames() ? WAIT.toNanos() : Math.min(WAIT.toNanos(), until));
            return;
        }
        List<Object> line = new ArrayList<>(BenchFrames.announcement(Long.toString(number), "hop", number, 0));
        line.set(0, STREAM);
        redis.call("XADD", line.toArray());
        sent.set(number + 1);
    }

    private final class Reading implements RedisLoop.Work {
        @Override
        public void connected(RedisConnection redis) {
            reader.ensureGroup(redis);
        }

        @Override
        public void runOnce(RedisConnection redis) {
            List<StreamEntry> entries = reader.readNew(redis, 100, WAIT);
            long now = System.nanoTime();
            for (StreamEntry entry : entries) {
                if (entry.fields() != null) {
                    timings.took(
                            now - schedule.intended(Long.parseLong(String.valueOf(entry.fields().text("frame_id")))));
                }
                redis.send("XACK", List.of(STREAM, "bench", entry.id().toString()));
                redis.send("XDEL", List.of(STREAM, entry.id().toString()));
            }
            for (int owed = 2 * entries.size(); owed > 0; owed--) {
                redis.receive();
            }
        }
    }

    Timings timings() {
        return timings;
    }

    @Override
    public void close() {
        sending.stop();
        reading.stop();
        sending.close();
        reading.close();
    }
}
