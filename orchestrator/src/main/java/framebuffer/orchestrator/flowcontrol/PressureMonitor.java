package framebuffer.orchestrator.flowcontrol;

import framebuffer.orchestrator.flowcontrol.OperatorSwitches.SwitchState;
import framebuffer.orchestrator.flowcontrol.PressureAssessment.PressureSample;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.frames.BacklogReader;
import framebuffer.redis.tables.PressureStore;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Backpressure;
import framebuffer.wire.control.PressureLevel;
import framebuffer.wire.control.Registration;
import framebuffer.wire.control.ServedFrames;
import framebuffer.wire.text.NaturalOrder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures how close to their capacity the processors work. Every instance reports its waiting frames; the one with the lease checks the
 * processors and publishes the backpressure, which the others read.
 */
public final class PressureMonitor implements RedisLoop.Work {
    /** Interval at which unchanged backpressure is published again, as a sign of life for producers. */
    private static final Duration PUBLISH = Duration.ofSeconds(1);
    private static final Duration LEAST_LEASE = Duration.ofMillis(500);
    private static final Logger log = LoggerFactory.getLogger(PressureMonitor.class);

    private final Keys keys;
    private final String group;
    private final Duration interval;
    private final PressureStore store;
    private final Sources sources;
    private @Nullable PressureAssessment assessment;
    private Backpressure published = Backpressure.NONE;
    private volatile Backpressure view = Backpressure.NONE;

    /**
     * The state of this instance.
     *
     * @param available processors that may be sent frames
     * @param waiting capability → frames that wait in this instance because its processors are full
     * @param served capability → frames that this instance handed its processors lately
     */
    public record Sources(Supplier<List<Registration>> available, Supplier<Map<String, Integer>> waiting,
            Supplier<Map<String, ServedFrames>> served, Supplier<SwitchState> operatorSwitch) {
    }

    /**
     * @param group the consumer group of the service on the capture stream
     * @param instance the name of this instance
     * @param interval between two checks
     */
    public PressureMonitor(Keys keys, String group, String instance, Duration interval, Sources sources) {
        this.keys = keys;
        this.group = group;
        this.interval = interval;
        this.sources = sources;
        Duration lease = interval.multipliedBy(3);
        this.store = new PressureStore(keys, instance, lease.compareTo(LEAST_LEASE) < 0 ? LEAST_LEASE : lease);
    }

    /** The backpressure as this instance last read it. */
    public Backpressure view() {
        return view;
    }

    @Override
    public Duration rest() {
        return interval;
    }

    /** Another instance may have held the lease meanwhile. */
    @Override
    public void connected(RedisConnection redis) {
        assessment = null;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        PressureStore.PressureReport report = store.report(redis, sources.waiting().get(), sources.served().get());
        SwitchState state = sources.operatorSwitch().get();
        if (!report.isOurs() || state == SwitchState.UNKNOWN) {
            assessment = null;
            published = report.published();
            view = published;
            return;
        }
        PressureSample sample = inspect(redis, report);
        PressureAssessment before = assessment == null
                ? PressureAssessment.of(lately(report), report.now())
                : assessment;
        PressureAssessment now = before.after(sample);
        assessment = now;
        publish(redis, now.told(sample, state == SwitchState.PAUSED));
    }

    /** The published backpressure; an expired one says nothing about the present. */
    private static Backpressure lately(PressureStore.PressureReport report) {
        return report.published().isHeeded(report.now()) ? report.published() : Backpressure.NONE;
    }

    private PressureSample inspect(RedisConnection redis, PressureStore.PressureReport report) {
        List<Registration> there = sources.available().get();
        Map<String, BacklogReader.QueueBacklog> queues = BacklogReader.read(redis, keys, group,
                there.stream().map(one -> keys.queue(one.queue())).toList()).queues();
        Map<String, Long> outstanding = new HashMap<>();
        there.forEach(one -> {
            BacklogReader.QueueBacklog queue = queues.get(keys.queue(one.queue()));
            if (queue != null && queue.isThere()) {
                outstanding.put(one.id(), queue.outstanding());
            }
        });
        return new PressureSample(there, outstanding, report.waiting(), report.served(), report.now());
    }

    private void publish(RedisConnection redis, Backpressure now) {
        boolean changed = !now.saysTheSame(published);
        if (changed || !published.updatedAt().plus(PUBLISH).isAfter(now.updatedAt())
                || published.updatedAt().isAfter(now.updatedAt())) {
            if (!store.publish(redis, now)) {
                return;
            }
            report(published, now);
            published = now;
        }
        view = now;
    }

    private static void report(Backpressure before, Backpressure now) {
        if (now.level() == PressureLevel.CRITICAL && before.level() != PressureLevel.CRITICAL) {
            log.warn("backpressure is critical: frames wait, and these processors are full: {}", critical(now));
        } else if (now.level() != PressureLevel.CRITICAL && before.level() == PressureLevel.CRITICAL) {
            log.info("backpressure is no longer critical, but {}", now.level());
        }
    }

    /** The processors at the highest level, as text. */
    public static String critical(Backpressure told) {
        TreeSet<String> ids = new TreeSet<>(NaturalOrder.NAMES);
        told.processors().forEach((id, level) -> {
            if (level == PressureLevel.CRITICAL) {
                ids.add(id);
            }
        });
        return String.join(", ", ids);
    }
}
