package framebuffer.trials.chaos;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.Replies;
import framebuffer.trials.chaos.check.FrameLog;
import framebuffer.trials.chaos.check.FrameNature;
import framebuffer.wire.EntryId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Sends each frame once, when it is due, independently of earlier frames: a frame without a reply may or may not be stored. Late frames are
 * sent as soon as possible. Reads the number of FLUSHALLs before and after each batch, to know whether a frame was stored before or after
 * one.
 */
final class Producer implements RedisLoop.Work {
    private static final Duration LOOK = Duration.ofMillis(10);
    private static final int MOST = 200;

    private final Portion portion;
    private final ChaosFrames frames;
    private final FrameLog log;
    private final Clock clock;
    private final double fps;
    private final Queue<FrameNature> poison = new ConcurrentLinkedQueue<>();
    private int next;
    private volatile boolean ended;

    /**
     * The frames of a partition.
     *
     * @param stream key of the partition's capture stream
     * @param ours whether a frame belongs to the partition
     */
    record Portion(String stream, IntPredicate ours) {
    }

    /**
     * @param log records each frame; when it is full, no more frames are sent
     * @param fps frames per second
     */
    Producer(Portion portion, ChaosFrames frames, FrameLog log, Clock clock, double fps) {
        this.portion = portion;
        this.frames = frames;
        this.log = log;
        this.clock = clock;
        this.fps = fps;
    }

    /** Poisons one of the next frames. Thread-safe. */
    void poison(FrameNature nature) {
        poison.add(nature);
    }

    /** Stops sending further frames. Thread-safe. */
    void end() {
        ended = true;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        int from = next;
        int to = ended ? from : Math.min(from + MOST, due());
        // Record the frames before sending, so that none is sent again.
        next = to;
        List<Integer> sent = IntStream.range(from, to).filter(portion.ours()).boxed().toList();
        if (sent.isEmpty()) {
            return;
        }
        redis.send("GET", List.of(FrameEndReader.EPOCH));
        for (int frame : sent) {
            FrameNature poisoned = poison.poll();
            FrameNature nature = poisoned == null ? ChaosFrames.nature(frame) : poisoned;
            log.sent(frame, nature);
            List<Object> line = new ArrayList<>(List.of(portion.stream(), "*"));
            line.addAll(frames.fields(frame, nature).flat());
            redis.send("XADD", line);
        }
        // If Redis is emptied within the batch, use the earlier count: these frames may be gone.
        int epoch = FrameEndReader.epoch(redis.receive());
        for (int frame : sent) {
            try {
                log.told(frame, clock.at(EntryId.parse(Replies.text(redis.receive()))), epoch);
            } catch (RedisRefused e) {
                log.refused(frame);
            }
        }
    }

    private int due() {
        return (int) Math.min(log.frames(), clock.since().toNanos() * fps / 1e9);
    }

    @Override
    public Duration rest() {
        return next < due() && !ended ? Duration.ZERO : LOOK;
    }
}
