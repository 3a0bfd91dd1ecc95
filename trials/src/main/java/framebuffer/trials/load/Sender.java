package framebuffer.trials.load;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.RedisRefused;
import framebuffer.trials.load.Latencies.Percentiles;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Announces each frame when it is due, and does not slow down with Redis: it writes all due frames at once, then reads the replies. Frames
 * stay due while Redis is unavailable. Frames without a reply on a broken connection are sent again, like a real producer would.
 */
final class Sender implements RedisLoop.Work {
    private static final Duration LOOK = Duration.ofMillis(100);

    /** Maximum bytes written before the replies are read. */
    private static final int MOST_FRAMES = 1_000;
    private static final int MOST_BYTES = 8 << 20;

    private final Portion portion;
    private final Schedule schedule;
    private final LoadFrames frames;
    private final ResultCounts results;
    private final Instant start;
    private final int batch;

    private final ReentrantLock lock = new ReentrantLock();
    private final Latencies latencies;
    /** Frames before this one are due. */
    private long limit;
    /** Frames before this one were written, at least once. */
    private long written;
    /** Frames before this one have a reply. Written by the loop's thread only. */
    private long answered;
    private long refused;
    private long resent;
    private long behindNanos;
    private long lastNanos;
    private @Nullable String refusal;

    /**
     * The progress so far.
     *
     * @param announced frames that Redis has stored
     * @param refused frames that Redis refused
     * @param resent frames sent twice because the first reply was lost; may be stored twice
     * @param unsent due frames without a confirmation
     * @param behindNanos maximum delay of a write, including pending ones
     * @param nanos from the start of the schedule to the last reply
     * @param latency from the due time to Redis's reply
     * @param refusal Redis's first error; null: none
     */
    record Sent(long announced, long refused, long resent, long unsent, long behindNanos, long nanos,
            Percentiles latency, @Nullable String refusal) {
        /** Combines the progress of all partitions. */
        static Sent sum(List<Sender> senders) {
            List<Sent> each = senders.stream().map(Sender::sent).toList();
            Latencies all = new Latencies();
            senders.forEach(sender -> sender.addTo(all));
            return new Sent(sum(each, Sent::announced), sum(each, Sent::refused), sum(each, Sent::resent),
                    sum(each, Sent::unsent), each.stream().mapToLong(Sent::behindNanos).max().orElse(0),
                    each.stream().mapToLong(Sent::nanos).max().orElse(0), all.percentiles(),
                    each.stream().map(Sent::refusal).filter(Objects::nonNull).findFirst().orElse(null));
        }

        private static long sum(List<Sent> each, ToLongFunction<Sent> of) {
            return each.stream().mapToLong(of).sum();
        }
    }

    /**
     * The frames of one partition's cameras; all cameras send in turn.
     *
     * @param stream key of the partition's capture stream
     * @param cameras number of cameras in all partitions
     * @param ours numbers of the partition's cameras
     */
    record Portion(String stream, int cameras, BitSet ours) {
        /** All cameras. */
        static Portion whole(String stream) {
            BitSet all = new BitSet();
            all.set(0);
            return new Portion(stream, 1, all);
        }

        boolean has(long frame) {
            return ours.get((int) (frame % cameras));
        }

        /** The number of its frames before this one. */
        long before(long frame) {
            return frame / cameras * ours.cardinality() + ours.get(0, (int) (frame % cameras)).cardinality();
        }
    }

    /**
     * @param start start of the schedule, by the wall clock
     */
    Sender(Portion portion, Schedule schedule, Instant start, LoadFrames frames, ResultCounts results) {
        this.portion = portion;
        this.latencies = new Latencies();
        this.schedule = schedule;
        this.start = start;
        this.frames = frames;
        this.results = results;
        this.limit = schedule.frames();
        this.batch = Math.clamp(MOST_BYTES / frames.bytes(), 1, MOST_FRAMES);
    }

    @Override
    public void runOnce(RedisConnection redis) {
        long from = answered;
        long to = claim(from);
        results.sending(to);
        long behind = 0;
        for (long frame = from; frame < to; frame++) {
            if (portion.has(frame)) {
                behind = Math.max(behind, System.nanoTime() - schedule.intended(frame));
                redis.send("XADD", announcement(frame));
            }
        }
        behind(behind);
        for (long frame = from; frame < to; frame++) {
            if (!portion.has(frame)) {
                passed(frame);
                continue;
            }
            try {
                redis.receive();
                announced(frame, System.nanoTime());
            } catch (RedisRefused e) {
                refused(frame, String.valueOf(e.getMessage()));
            }
        }
    }

    private List<Object> announcement(long frame) {
        List<Object> line = new ArrayList<>(26);
        line.add(portion.stream());
        line.add("*");
        line.addAll(frames.fields(frame, start.plusNanos(schedule.intended(frame) - schedule.start())).flat());
        return line;
    }

    @Override
    public Duration rest() {
        Duration untilDue = Duration.ofNanos(schedule.intended(answered) - System.nanoTime());
        return isFinished() || untilDue.compareTo(LOOK) > 0 ? LOOK : untilDue;
    }

    /** Makes the frames up to this one due. */
    private long claim(long from) {
        lock.lock();
        try {
            long to = Math.max(from, Math.min(from + batch, Math.min(limit, schedule.due(System.nanoTime()))));
            resent += Math.max(0, portion.before(Math.min(written, to)) - portion.before(from));
            written = Math.max(written, to);
            return to;
        } finally {
            lock.unlock();
        }
    }

    private void behind(long nanos) {
        lock.lock();
        try {
            behindNanos = Math.max(behindNanos, nanos);
        } finally {
            lock.unlock();
        }
    }

    private void announced(long frame, long now) {
        lock.lock();
        try {
            answered = frame + 1;
            lastNanos = now - schedule.start();
            latencies.took(now - schedule.intended(frame));
        } finally {
            lock.unlock();
        }
    }

    /** The frame belongs to another partition. */
    private void passed(long frame) {
        lock.lock();
        try {
            answered = frame + 1;
        } finally {
            lock.unlock();
        }
    }

    private void addTo(Latencies all) {
        lock.lock();
        try {
            all.add(latencies);
        } finally {
            lock.unlock();
        }
    }

    private void refused(long frame, String why) {
        lock.lock();
        try {
            answered = frame + 1;
            refused++;
            refusal = refusal == null ? why : refusal;
        } finally {
            lock.unlock();
        }
        results.refused(frame);
    }

    /** Stops after the frames in progress. */
    void end() {
        lock.lock();
        try {
            limit = Math.min(limit, written);
        } finally {
            lock.unlock();
        }
    }

    /** Whether all due frames have a reply. */
    boolean isFinished() {
        lock.lock();
        try {
            return answered >= limit;
        } finally {
            lock.unlock();
        }
    }

    Sent sent() {
        lock.lock();
        try {
            long now = System.nanoTime();
            // Frames that cannot be written yet count as late too.
            long overdue = written < Math.min(limit, schedule.due(now)) ? now - schedule.intended(written) : 0;
            return new Sent(portion.before(answered) - refused, refused, resent,
                    Math.max(0, portion.before(limit) - portion.before(answered)),
                    Math.max(behindNanos, overdue), lastNanos, latencies.percentiles(), refusal);
        } finally {
            lock.unlock();
        }
    }
}
