package framebuffer.app.house;

import framebuffer.orchestrator.flowcontrol.CameraPolicyStore;
import framebuffer.orchestrator.flowcontrol.Freshness;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.wire.Keys;
import framebuffer.wire.control.CameraPolicy;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores the policies that a file gives to the cameras of one partition, for all instances. A policy that the file no longer gives is
 * removed; the policies of other cameras are not touched.
 */
final class HousePolicies implements RedisLoop.Work {
    private static final Duration REST = Duration.ofMillis(500);
    private static final Logger log = LoggerFactory.getLogger(HousePolicies.class);

    private final CameraPolicyStore store;
    private final Set<String> given = new HashSet<>();
    private final Map<String, CameraPolicy> stored = new HashMap<>();
    private final Set<String> refused = new HashSet<>();
    private final Queue<String> removed = new ConcurrentLinkedQueue<>();
    private volatile Map<String, CameraPolicy> wanted = Map.of();

    /**
     * @param most most cameras with a policy of their own
     */
    HousePolicies(Keys keys, int most) {
        this.store = new CameraPolicyStore(keys, Freshness.LOSSLESS, most, () -> {
        });
    }

    /** Sets the policies by camera. Thread-safe. */
    void want(Map<String, CameraPolicy> policies) {
        wanted = Map.copyOf(policies);
    }

    /** A camera left the file: it leaves the lists too, as after {@code DELETE /cameras/ID}. Thread-safe. */
    void forget(String camera) {
        removed.add(camera);
    }

    @Override
    public Duration rest() {
        return REST;
    }

    /** Stores everything again: this may be another Redis, or one that lost its data. */
    @Override
    public void connected(RedisConnection redis) {
        stored.clear();
    }

    @Override
    public void runOnce(RedisConnection redis) {
        Map<String, CameraPolicy> now = wanted;
        given.removeIf(camera -> {
            if (now.containsKey(camera)) {
                return false;
            }
            store.remove(redis, camera);
            stored.remove(camera);
            return true;
        });
        for (String camera = removed.peek(); camera != null; camera = removed.peek()) {
            store.delete(redis, camera);
            removed.remove();
        }
        now.forEach((camera, policy) -> {
            if (!policy.equals(stored.get(camera))) {
                store(redis, camera, policy);
            }
        });
    }

    private void store(RedisConnection redis, String camera, CameraPolicy policy) {
        if (store.put(redis, camera, policy)) {
            stored.put(camera, policy);
            given.add(camera);
            refused.remove(camera);
        } else if (refused.add(camera)) {
            log.warn("camera {} keeps the default policy: the limit of camera policies is reached"
                    + " (camera-policies-max)", camera);
        }
    }
}
