package framebuffer.orchestrator.pipeline.pixels;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.pixels.InFlightPixels;
import framebuffer.redis.pixels.InFlightPixels.PixelSlice;
import framebuffer.redis.pixels.PixelTtlWriter;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Extends the time to live of the pixels of frames in flight, wherever they lie: in the capture stream, returned, deferred, or in a work
 * queue (docs/adr/0025-life-of-pixels.md).
 *
 * <p>
 * A pass reads all streams in small slices. Most passes read only what came since the pass before, which is next to nothing while frames
 * flow; some read all. All instances run it; extending twice changes nothing.
 */
public final class PixelExtender implements RedisLoop.Work {
    /** Age of a frame from which its pixels are extended: a third of the default time to live. */
    static final Duration AGE = Duration.ofSeconds(20);
    /** Interval between two passes. */
    static final Duration EVERY = Duration.ofSeconds(10);
    /** Interval between two passes over all frames in flight. */
    static final Duration ALL_EVERY = Duration.ofSeconds(60);

    private static final Duration SLICE_REST = Duration.ofMillis(30);
    private static final int MOST_STREAMS = 100;

    private final Keys keys;
    private final Supplier<? extends Collection<Registration>> processors;
    private final InFlightPixels frames;
    private final PixelTtlWriter pixels;
    private final LongSupplier nanos;
    /** The streams that this pass has not read to their end, and where it continues in the first. */
    private List<String> left = List.of();
    private String last = "";
    private boolean begun;
    private boolean all;
    private long beganAt;
    private long allBeganAt;
    private Duration allTook = Duration.ZERO;
    /** The time of Redis when this pass and the one before began, in milliseconds; 0: unknown. */
    private long redisTime;
    private long redisTimeBefore;

    /**
     * @param group our group on the capture stream
     * @param processors all processors whose queues may hold frames
     * @param pixels extends the time to live
     * @param nanos a monotonic clock
     */
    public PixelExtender(Keys keys, String group, Supplier<? extends Collection<Registration>> processors,
            PixelTtlWriter pixels, LongSupplier nanos) {
        this.keys = keys;
        this.processors = processors;
        this.frames = new InFlightPixels(keys, group, AGE);
        this.pixels = pixels;
        this.nanos = nanos;
    }

    /** The next pass reads all: time may have passed since the last. */
    @Override
    public void connected(RedisConnection redis) {
        begun = false;
        left = List.of();
    }

    @Override
    public Duration rest() {
        Duration due = left.isEmpty() ? EVERY.minus(since(beganAt)) : SLICE_REST;
        return due.compareTo(SLICE_REST) < 0 ? SLICE_REST : due;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        if (pixels.room() < InFlightPixels.ENTRIES) {
            // The Redis of the pixels is slow or away.
            return;
        }
        if (left.isEmpty()) {
            begin();
        }
        PixelSlice slice = frames.read(redis, left.subList(0, Math.min(left.size(), MOST_STREAMS)),
                all ? 0 : redisTimeBefore - AGE.toMillis(), last);
        redisTime = redisTime == 0 ? slice.millis() : redisTime;
        slice.pixels().forEach(key -> pixels.extend(key, atLeast()));
        left = left.subList(slice.streams(), left.size());
        last = slice.last();
        if (left.isEmpty() && all) {
            allTook = since(allBeganAt);
        }
    }

    private void begin() {
        long now = nanos.getAsLong();
        all = !begun || now - allBeganAt >= ALL_EVERY.toNanos();
        allBeganAt = all ? now : allBeganAt;
        begun = true;
        beganAt = now;
        redisTimeBefore = redisTime;
        redisTime = 0;
        last = "";
        List<String> streams = new ArrayList<>(List.of(keys.capture(), keys.returned(), keys.deferred()));
        processors.get().forEach(processor -> streams.add(keys.queue(processor.queue())));
        left = streams;
    }

    /** Twice the time until the next pass over all frames. */
    private Duration atLeast() {
        return ALL_EVERY.plus(allTook).multipliedBy(2);
    }

    private Duration since(long moment) {
        return Duration.ofNanos(nanos.getAsLong() - moment);
    }
}
