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
 * Announces each frame when it is due, and does not slow down when Redis does: all that is due is written at once, whatever became of
 * the frames before, and the replies are read after it. While Redis is away frames stay due. Frames whose replies were owed when a
 * connection broke are sent once more, as a producer would.
 */
final class Sender implements RedisLoop.Work {
    private static final Duration LOOK = Duration.ofMillis(100);

    /** So much is written at most before the replies are read. */
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
    /** Frames before this one are to be sent. */
    private long limit;
    /** Frames before this one were written, at least once. */
    private long written;
    /** Frames before this one were answered. Changed by the loop's own thread only. */
    private long answered;
    private long refused;
    private long resent;
    private long behindNanos;
    private long lastNanos;
    private @Nullable String refusal;

    /**
     * What became of sending so far.
     *
     * @param announced
     *            frames that are in the capture stream, or were
     * @param refused
     *            frames that Redis did not take
     * @param resent
     *            frames sent twice, because it was not known whether they had arrived: each may be there twice
     * @param unsent
     *            frames that should have been sent and are not known to have been
     * @param behindNanos
     *            how much later than due a frame was written, at worst; it may still have to be
     * @param nanos
     *            from the start of the schedule to the last reply
     * @param latency
     *            from when a frame was due until Redis had taken it
     * @param refusal
     *            what Redis said when it refused first; null when it never did
     */
    record Sent(long announced, long refused, long resent, long unsent, long behindNanos, long nanos,
            Percentiles latency, @Nullable String refusal) {
        /** What became of those of all partitions. */
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
     * Which frames are sent: those of the cameras of one partition. Frame after frame the cameras take turns.
     *
     * @param stream
     *            the key of the partition's capture stream
     * @param cameras
     *            how many there are in all partitions
     * @param ours
     *            the numbers of those that are in it
     */
    record Portion(String stream, int cameras, BitSet ours) {
        /** All of them. */
        static Portion whole(String stream) {
            BitSet all = new BitSet();
            all.set(0);
            return new Portion(stream, 1, all);
        }

        boolean has(long frame) {
            return ours.get((int) (frame % cameras));
        }

        /** How many there are of the frames before this one. */
        long before(long frame) {
            return frame / cameras * ours.cardinality() + ours.get(0, (int) (frame % cameras)).cardinality();
        }
    }

    /**
     * @param start
     *            when the schedule starts, by the clock on the wall
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

    /** The frames from there up to the one answered are to be sent now. */
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

    /** It is another's. */
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

    /** Sends nothing more but what it has begun to. */
    void end() {
        lock.lock();
        try {
            limit = Math.min(limit, written);
        } finally {
            lock.unlock();
        }
    }

    /** Whether all that was to be sent has been answered. */
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
            // What is due and cannot even be written is behind as well.
            long overdue = written < Math.min(limit, schedule.due(now)) ? now - schedule.intended(written) : 0;
            return new Sent(portion.before(answered) - refused, refused, resent,
                    Math.max(0, portion.before(limit) - portion.before(answered)),
                    Math.max(behindNanos, overdue), lastNanos, latencies.percentiles(), refusal);
        } finally {
            lock.unlock();
        }
    }
}
