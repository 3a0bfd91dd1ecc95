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
 * Writes down what the pump does, on pages in a stream that all instances write to. It is kept for a time, and no longer than it fits
 * its size: whichever ends first.
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
    private int steps;
    private long droppedBefore;
    private boolean dropping;

    /**
     * What is kept.
     *
     * @param retention
     *            for how long; zero: nothing is written down
     * @param bytes
     *            in how much of Redis's memory, about
     */
    public record JournalRetention(Duration retention, long bytes) {
        public static final JournalRetention DEFAULT = new JournalRetention(Duration.ofMinutes(10), 64L << 20);

        /** How many pages fit. */
        long pages() {
            return Math.max(1, bytes / FULL);
        }
    }

    public JournalWriter(Keys keys, String instance, JournalRetention settings, InstantSource clock) {
        this.keys = keys;
        this.instance = instance;
        this.settings = settings;
        this.clock = clock;
    }

    /** Whether anything is written down. */
    public boolean isOn() {
        return !settings.retention().isZero();
    }

    /** Takes down what the pipeline does. */
    public FrameEvents events() {
        return isOn() ? journal : FrameEvents.toAll(List.of());
    }

    /** Steps that were not written down. */
    public long dropped() {
        return journal.dropped();
    }

    @Override
    public void connected(RedisConnection redis) {
        // What was on its way when the connection broke may be there twice if it is sent again; it is not.
        journal.drop(steps);
        page.finish();
        steps = 0;
    }

    @Override
    public Duration rest() {
        return REST;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        Instant now = clock.instant();
        // Before anything is written, so that what is too old makes room for it.
        if (Interval.isOver(trimmedAt, REST.multipliedBy(20), now)) {
            trimmedAt = now;
            redis.call("XTRIM", keys.journey(), "MINID", "~", now.minus(settings.retention()).toEpochMilli());
            sayWhatIsDropped();
        }
        for (@Nullable
        StepBatch batch = journal.poll(); batch != null; batch = journal.poll()) {
            if (steps == 0) {
                openedAt = now;
            }
            page.add(batch);
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
        } catch (RedisRefused e) {
            journal.drop(lost);
            // Frames are worth more than what is written about them: without memory they go on, and this does not.
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
