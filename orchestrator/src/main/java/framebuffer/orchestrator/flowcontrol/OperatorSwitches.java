package framebuffer.orchestrator.flowcontrol;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import framebuffer.redis.tables.EssentialWrites;
import framebuffer.wire.Keys;
import framebuffer.wire.text.Timestamps;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The switches that all instances obey, also those that start later: they are kept in Redis. A switch turned at another instance is
 * seen within {@link #LOOK}, one turned here at once.
 */
public final class OperatorSwitches implements RedisLoop.Work {
    /** How often the switches are looked at. */
    static final Duration LOOK = Duration.ofMillis(100);

    private static final Logger log = LoggerFactory.getLogger(OperatorSwitches.class);
    private static final String PAUSED = "paused";
    private static final String PAUSED_AT = "paused_at";

    private final Keys keys;
    private final Runnable changed;
    private volatile @Nullable SwitchState view;

    /**
     * @param changed
     *            is called when a switch was turned; returns at once
     */
    public OperatorSwitches(Keys keys, Runnable changed) {
        this.keys = keys;
        this.changed = changed;
    }

    /** How they stand, as far as is known; null before they were read for the first time: then nothing may be handed off yet. */
    public @Nullable SwitchState view() {
        return view;
    }

    /** It is not known how they stand, until they are read the next time. */
    public synchronized void forget() {
        view = null;
    }

    /** Whether an operator has paused the service; null: not known yet. */
    public @Nullable Boolean paused() {
        SwitchState known = view;
        return known == null ? null : (Boolean) known.paused();
    }

    @Override
    public Duration rest() {
        return LOOK;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        poll(redis);
    }

    /**
     * No frame is handed off from now on, by any instance, until {@link #resume}. What processors hold they finish.
     *
     * @throws RedisUnavailable
     *             when Redis is away
     * @throws RedisRefused
     *             when it refuses
     */
    public void pause(RedisConnection redis) {
        EssentialWrites.execute(redis, List.of(List.of("HSET", keys.control(), PAUSED, "true", PAUSED_AT,
                Timestamps.micros(Replies.time(redis.call("TIME"))))));
        poll(redis);
    }

    /** Frames are handed off again. Throws like {@link #pause}. */
    public void resume(RedisConnection redis) {
        EssentialWrites.execute(redis, List.of(List.of("HSET", keys.control(), PAUSED, "false"),
                List.of("HDEL", keys.control(), PAUSED_AT)));
        poll(redis);
    }

    /** How they stand at this moment, also by what another instance turned. Throws like {@link #pause}. */
    public SwitchState read(RedisConnection redis) {
        return poll(redis);
    }

    /** One at a time, so that what was read earlier never stands for what was read later. */
    private synchronized SwitchState poll(RedisConnection redis) {
        Map<String, byte[]> switched = Replies.map(redis.call("HGETALL", keys.control()));
        byte[] paused = switched.get(PAUSED);
        SwitchState now = new SwitchState(
                paused != null && new String(paused, StandardCharsets.US_ASCII).equalsIgnoreCase("true"));
        SwitchState before = view;
        if (now.equals(before)) {
            return now;
        }
        view = now;
        if (now.paused()) {
            log.warn("an operator paused the service: no hand-off until POST /control/resume");
        } else if (before != null) {
            log.info("an operator resumed the service");
        }
        changed.run();
        return now;
    }

    /**
     * What is switched for all instances, at one moment.
     *
     * @param paused
     *            whether no frame is handed off
     */
    public record SwitchState(boolean paused) {
    }
}
