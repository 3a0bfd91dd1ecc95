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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operator's switch of one partition. It is kept in Redis, so all instances obey it, also those that start later. A change made at
 * another instance is seen within {@link #POLL_INTERVAL}, a change made here at once.
 */
public final class OperatorSwitches implements RedisLoop.Work {
    static final Duration POLL_INTERVAL = Duration.ofMillis(100);

    private static final Logger log = LoggerFactory.getLogger(OperatorSwitches.class);
    private static final String PAUSED = "paused";
    private static final String PAUSED_AT = "paused_at";

    private final Keys keys;
    private final Runnable changed;
    private volatile SwitchState view = SwitchState.UNKNOWN;

    /**
     * @param changed runs when the state has changed; must return at once
     */
    public OperatorSwitches(Keys keys, Runnable changed) {
        this.keys = keys;
        this.changed = changed;
    }

    /** The state that was last read. */
    public SwitchState view() {
        return view;
    }

    /** The state is unknown until it is read the next time. */
    public synchronized void forget() {
        view = SwitchState.UNKNOWN;
    }

    @Override
    public Duration rest() {
        return POLL_INTERVAL;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        read(redis);
    }

    /**
     * Pauses: no instance hands a frame off until {@link #resume}. Processors finish the frames that they hold.
     *
     * @throws RedisUnavailable when Redis is away
     * @throws RedisRefused when it refuses
     */
    public SwitchState pause(RedisConnection redis) {
        EssentialWrites.execute(redis, List.of(List.of("HSET", keys.control(), PAUSED, "true", PAUSED_AT,
                Timestamps.micros(Replies.time(redis.call("TIME"))))));
        return read(redis);
    }

    /** Resumes: frames are handed off again. Throws like {@link #pause}. */
    public SwitchState resume(RedisConnection redis) {
        EssentialWrites.execute(redis, List.of(List.of("HSET", keys.control(), PAUSED, "false"),
                List.of("HDEL", keys.control(), PAUSED_AT)));
        return read(redis);
    }

    /**
     * The state at this moment, also if another instance has changed it. Throws like {@link #pause}. Synchronized: an older reply must not
     * replace a newer one.
     */
    public synchronized SwitchState read(RedisConnection redis) {
        byte[] paused = Replies.map(redis.call("HGETALL", keys.control())).get(PAUSED);
        SwitchState now = paused != null && new String(paused, StandardCharsets.US_ASCII).equalsIgnoreCase("true")
                ? SwitchState.PAUSED
                : SwitchState.RUNNING;
        SwitchState before = view;
        if (now == before) {
            return now;
        }
        view = now;
        if (now == SwitchState.PAUSED) {
            log.warn("an operator paused the service: no hand-off until POST /control/resume");
        } else if (before == SwitchState.PAUSED) {
            log.info("an operator resumed the service");
        }
        changed.run();
        return now;
    }

    /** The operator's switch, which all instances obey. */
    public enum SwitchState {
        /** The switch has not been read yet: no frame may be handed off. */
        UNKNOWN,
        /** Frames are handed off. */
        RUNNING,
        /** An operator has paused the service: no frame is handed off. */
        PAUSED
    }
}
