package framebuffer.orchestrator.pipeline;

import framebuffer.orchestrator.observability.journey.JournalPageWriter;
import framebuffer.orchestrator.observability.journey.JournalStep.StepBatch;
import framebuffer.orchestrator.pipeline.dispatch.FrameEvents;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.ServiceClock.Interval;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the journal as pages to a stream that all instances share. A page is removed when it is older than the retention, or when the
 * stream exceeds its size.
 */
public final class JournalWriter implements RedisLoop.Work {
    private static final Logger log = LoggerFactory.getLogger(JournalWriter.class);
    private static final Duration REST = Duration.ofMillis(50);
    /** A page that is not full is written after this time. */
    private static final Duration OPEN_AT_MOST = Duration.ofMillis(500);
    private static final int FULL = 16_000;

    private final Keys keys;
    private final String instance;
    private final JournalRetention settings;
    private final Journal journal = new Journal();
    private final InstantSource clock;
    private final JournalPageWriter page = new JournalPageWriter();
    private Instant openedAt = Instant.EPOCH;
    private Instant trimmedAt = Instant.EPOCH;
    private final RepeatedSteps repeated;
    private int steps;
    private long droppedBefore;
    private boolean dropping;

    /**
     * Bounds of the journal.
     *
     * @param retention how long a page is kept; zero: the journal is off
     * @param bytes approximate size of the journal in Redis's memory
     */
    public record JournalRetention(Duration retention, long bytes) {
        public static final JournalRetention DEFAULT = new JournalRetention(Duration.ofMinutes(10), 64L << 20);

        /** Pages that fit into {@link #bytes}. */
        long pages() {
            return Math.max(1, bytes / FULL);
        }
    }

    public JournalWriter(Keys keys, String instance, JournalRetention settings, InstantSource clock) {
        this.keys = keys;
        this.repeated = new RepeatedSteps(keys);
        this.instance = instance;
        this.settings = settings;
        this.clock = clock;
    }

    /** Whether the journal is switched on. */
    public boolean isOn() {
        return !settings.retention().isZero();
    }

    /** The listener that records what the pipeline does. */
    public FrameEvents events() {
        return isOn() ? journal : FrameEvents.toAll(List.of());
    }

    /** Steps dropped so far. */
    public long dropped() {
        return journal.dropped();
    }

    @Override
    public void connected(RedisConnection redis) {
        // The broken connection may have written this page already, so sending it again could duplicate it.
        journal.drop(steps);
        page.finish();
        repeated.forget();
        steps = 0;
    }

    @Override
    public Duration rest() {
        return REST;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        Instant now = clock.instant();
        // Trims before it writes, so that old pages make room.
        if (Interval.isOver(trimmedAt, REST.multipliedBy(20), now)) {
            trimmedAt = now;
            redis.call("XTRIM", keys.journey(), "MINID", "~", now.minus(settings.retention()).toEpochMilli());
            repeated.trim(redis, now.minus(settings.retention()));
            sayWhatIsDropped();
        }
        for (@Nullable
        StepBatch batch = journal.poll(); batch != null; batch = journal.poll()) {
            if (steps == 0) {
                openedAt = now;
            }
            page.add(batch);
            batch.steps().forEach(repeated::add);
            steps += batch.steps().size();
            if (page.length() >= FULL) {
                write(redis);
            }
        }
        if (steps > 0 && !openedAt.plus(OPEN_AT_MOST).isAfter(now)) {
            write(redis);
        }
    }

    @Override
    public void stopping(RedisConnection redis) {
        runOnce(redis);
        if (steps > 0) {
            write(redis);
        }
    }

    private void write(RedisConnection redis) {
        byte[] written = page.finish();
        int lost = steps;
        steps = 0;
        try {
            redis.call("XADD", keys.journey(), "MAXLEN", "~", settings.pages(), "*", "instance", instance, "page",
                    written);
            repeated.write(redis);
        } catch (RedisRefused e) {
            journal.drop(lost);
            repeated.forget();
            // Frames matter more than their journal: when Redis is out of memory, drop the page and go on.
            if (!e.code().equals("OOM")) {
                throw e;
            }
        } catch (RedisUnavailable e) {
            journal.drop(lost);
            throw e;
        }
    }

    private void sayWhatIsDropped() {
        long dropped = journal.dropped();
        if (dropped > droppedBefore && !dropping) {
            log.warn("the journal is incomplete: {} steps of frames are missing", dropped);
            dropping = true;
        } else if (dropped == droppedBefore && dropping) {
            log.info("the journal is complete again; {} steps are missing in all", dropped);
            dropping = false;
        }
        droppedBefore = dropped;
    }
}
