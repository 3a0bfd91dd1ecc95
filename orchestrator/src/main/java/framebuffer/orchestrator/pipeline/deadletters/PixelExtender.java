package framebuffer.orchestrator.pipeline.deadletters;

import framebuffer.orchestrator.pipeline.intake.Arrival.PendingFrame;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.cluster.ServiceClock.Interval;
import framebuffer.redis.frames.PixelLocation;
import framebuffer.redis.frames.PixelTtl;
import framebuffer.wire.Keys;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** Extends the time to live of the pixels of waiting frames: the pump names the frames, a loop of its own asks Redis. */
public final class PixelExtender implements RedisLoop.Work {
    /** Interval between inspections of the window. */
    static final Duration EVERY = Duration.ofSeconds(5);
    /** Least remaining time to live of the pixels after each extension. */
    static final Duration AT_LEAST = Duration.ofMinutes(2);
    /** Most frames in one request; others follow at the next inspection. */
    static final int MOST = 10_000;

    private static final Duration REST = Duration.ofMillis(500);
    private static final int BATCH = 500;

    private final Keys keys;
    private final PixelExtensionFailures refusals = new PixelExtensionFailures("pixels of waiting frames");
    private final AtomicReference<List<PixelTtl.TtlRequest>> wishes = new AtomicReference<>(List.of());
    /** Requests for frames that leave the window for a while. */
    private final BlockingQueue<PixelTtl.TtlRequest> later = new LinkedBlockingQueue<>(MOST);
    private Instant lookedAt = Instant.EPOCH;
    private int from;

    public PixelExtender(Keys keys) {
        this.keys = keys;
    }

    /**
     * Inspects the window if it is time. Called by the pump.
     *
     * @param window passes on each waiting frame
     */
    public void inspect(Instant now, Consumer<Consumer<PendingFrame>> window) {
        if (!Interval.isOver(lookedAt, EVERY, now)) {
            return;
        }
        lookedAt = now;
        List<PendingFrame> named = new ArrayList<>();
        int[] seen = {0};
        window.accept(pending -> {
            if (waitsLong(pending, now) && PixelLocation.inline(pending.frame()) == null && seen[0]++ >= from
                    && named.size() < MOST) {
                named.add(pending);
            }
        });
        from = from + named.size() >= seen[0] ? 0 : from + named.size();
        Duration round = EVERY.multipliedBy(3L * (1 + seen[0] / MOST));
        Duration atLeast = round.compareTo(AT_LEAST) > 0 ? round : AT_LEAST;
        wishes.set(named.stream().map(pending -> new PixelTtl.TtlRequest(pending.frame().fields(), atLeast)).toList());
    }

    /**
     * Notes that a frame leaves the window and will come back. Called by the pump.
     *
     * @param after until then at most
     */
    public void leaves(Fields frame, Duration after) {
        PixelTtl.TtlRequest wish = new PixelTtl.TtlRequest(frame, after.plus(AT_LEAST));
        while (!later.offer(wish)) {
            // Redis is away or slow: the oldest requests are the least likely to help.
            later.poll();
        }
    }

    private static boolean waitsLong(PendingFrame pending, Instant now) {
        Instant since = pending.captureId().time().isBefore(pending.readAt())
                ? pending.captureId().time()
                : pending.readAt();
        return !since.plus(EVERY).isAfter(now);
    }

    @Override
    public Duration rest() {
        return REST;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        List<PixelTtl.TtlRequest> all = new ArrayList<>(wishes.getAndSet(List.of()));
        later.drainTo(all);
        for (int i = 0; i < all.size(); i += BATCH) {
            refusals.said(PixelTtl.extend(redis, keys, all.subList(i, Math.min(all.size(), i + BATCH))));
        }
    }
}
