package framebuffer.orchestrator.flowcontrol;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import framebuffer.redis.tables.CameraLastSeenStore;
import framebuffer.redis.tables.EssentialWrites;
import framebuffer.wire.Keys;
import framebuffer.wire.control.CameraPolicy;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.FieldReader;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The camera policies in Redis, which apply to all instances. A change by another instance is seen within {@link #LOOK}, a change made here
 * at once.
 */
public final class CameraPolicyStore implements RedisLoop.Work {
    /** Interval between checks for changes. */
    static final Duration LOOK = Duration.ofMillis(100);

    private static final Logger log = LoggerFactory.getLogger(CameraPolicyStore.class);
    /** Field of the hash that counts changes; no camera has this name. */
    public static final String CHANGES = "";

    private final Keys keys;
    private final int most;
    private final Freshness standard;
    private final Runnable changed;
    private byte @Nullable [] known;
    private boolean read;
    private volatile @Nullable CameraPolicySnapshot view;

    /**
     * @param standard the policy of cameras without one of their own
     * @param most most cameras with a policy of their own
     * @param changed called when the view is replaced; returns at once
     */
    public CameraPolicyStore(Keys keys, Freshness standard, int most, Runnable changed) {
        this.keys = keys;
        this.most = most;
        this.changed = changed;
        this.standard = standard;
    }

    /** The last policies read; null before the first read: then no frame may be shed. */
    public @Nullable CameraPolicySnapshot view() {
        return view;
    }

    /** Makes the policies unknown until the next read. */
    public synchronized void forget() {
        view = null;
    }

    @Override
    public Duration rest() {
        return LOOK;
    }

    /** Reads anew: another Redis, or one that lost its data, may have the same number of changes. */
    @Override
    public synchronized void connected(RedisConnection redis) {
        read = false;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        poll(redis);
    }

    /** Reads the current policies. */
    public CameraPolicySnapshot read(RedisConnection redis) {
        return poll(redis);
    }

    private synchronized CameraPolicySnapshot poll(RedisConnection redis) {
        byte[] changes = redis.call("HGET", keys.cameraPolicies(), CHANGES) instanceof byte[] count ? count : null;
        CameraPolicySnapshot before = view;
        if (read && before != null && Arrays.equals(changes, known)) {
            return before;
        }
        Map<String, Freshness> cameras = new HashMap<>();
        Replies.map(redis.call("HGETALL", keys.cameraPolicies())).forEach((camera, json) -> {
            if (!camera.equals(CHANGES)) {
                switch (CameraPolicy.decode(json)) {
                    case Decoded.Valid<CameraPolicy>(CameraPolicy policy) ->
                        cameras.put(camera, standard.with(policy));
                    case Decoded.Invalid<CameraPolicy> invalid -> log.warn("ignoring the policy of camera {}: {}",
                            FieldReader.shown(camera), invalid.detail());
                }
            }
        });
        known = changes;
        read = true;
        CameraPolicySnapshot now = new CameraPolicySnapshot(standard, cameras);
        view = now;
        changed.run();
        return now;
    }

    /**
     * Sets a camera's policy for all instances; false when the limit of policies is reached.
     *
     * @throws RedisUnavailable when Redis is away
     * @throws RedisRefused when it refuses
     */
    public boolean put(RedisConnection redis, String camera, CameraPolicy policy) {
        boolean hasOne = Replies.number(redis.call("HEXISTS", keys.cameraPolicies(), camera)) == 1;
        if (!hasOne && Replies.number(redis.call("HLEN", keys.cameraPolicies())) > most) {
            return false;
        }
        change(redis, List.of("HSET", keys.cameraPolicies(), camera, policy.encode()));
        return true;
    }

    /** Removes the camera's own policy; false when it has none. Throws like {@link #put}. */
    public boolean remove(RedisConnection redis, String camera) {
        return change(redis, List.of("HDEL", keys.cameraPolicies(), camera)) == 1;
    }

    /** Deletes a camera with its policy, if it has one; false when there is no such camera. Throws like {@link #put}. */
    public boolean delete(RedisConnection redis, String camera) {
        boolean deleted = CameraLastSeenStore.delete(redis, keys, camera, CHANGES);
        poll(redis);
        return deleted;
    }

    private long change(RedisConnection redis, List<Object> command) {
        List<@Nullable Object> replies = EssentialWrites.execute(redis, List.of(command,
                List.of("HINCRBY", keys.cameraPolicies(), CHANGES, 1)));
        poll(redis);
        return Replies.number(replies.getFirst());
    }

    /**
     * The policies at one moment.
     *
     * @param standard the policy of cameras without one of their own
     * @param cameras camera → its policy
     */
    public record CameraPolicySnapshot(Freshness standard, Map<String, Freshness> cameras) {
        public CameraPolicySnapshot {
            cameras = Map.copyOf(cameras);
        }

        /** The policy of this camera. */
        public Freshness of(String camera) {
            return cameras.getOrDefault(camera, standard);
        }
    }
}
