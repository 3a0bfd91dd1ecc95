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
 * Sends frames as they are due, whatever became of those before, each once: one whose answer is lost with a connection may be there
 * or not. What could not be sent in time is sent as soon as it can be. Around each batch it asks how often Redis was emptied, so that it is
 * known of each frame whether it was stored before or after.
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
     * Which frames are sent where.
     *
     * @param stream
     *            the key of a partition's capture stream
     * @param ours
     *            whether a frame is of that partition
     */
    record Portion(String stream, IntPredicate ours) {
    }

    /**
     * @param log
     *            is told of each frame; when it is full, no more is sent
     * @param fps
     *            frames a second
     */
    Producer(Portion portion, ChaosFrames frames, FrameLog log, Clock clock, double fps) {
        this.portion = portion;
        this.frames = frames;
        this.log = log;
        this.clock = clock;
        this.fps = fps;
    }

    /** One of the next frames is poisoned. From any thread. */
    void poison(FrameNature nature) {
        poison.add(nature);
    }

    /** No more is sent but what is under way. From any thread. */
    void end() {
        ended = true;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        int from = next;
        int to = ended ? from : Math.min(from + MOST, due());
        // Before any is on its way: whatever happens, none is sent again.
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
        // Where Redis is emptied among them, the earlier count is as good: such a frame may be gone.
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
