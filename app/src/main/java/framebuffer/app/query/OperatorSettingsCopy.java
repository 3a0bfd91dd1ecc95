package framebuffer.app.query;

import framebuffer.orchestrator.flowcontrol.CameraPolicyStore;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.wire.Keys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What an operator has set, and what is to hold with another number of partitions too.
 *
 * @param policies
 *            camera → what is set for it, as it is kept
 * @param switches
 *            what is switched, as it is kept
 */
record OperatorSettingsCopy(Map<String, byte[]> policies, Map<String, byte[]> switches) {
    /** Of what is set for a camera, what is in its partition; what is elsewhere was left by a change that was cut off. */
    static OperatorSettingsCopy read(PartitionLayout partitions) {
        Map<String, byte[]> policies = new HashMap<>();
        Map<String, byte[]> switches = new HashMap<>();
        for (Partition partition : partitions.all()) {
            try (RedisConnection redis = RedisConnection.open(partition.redis())) {
                Replies.map(redis.call("HGETALL", partition.keys().cameraPolicies())).forEach((camera, policy) -> {
                    if (partitions.of(camera).equals(partition)) {
                        policies.put(camera, policy);
                    }
                });
                switches.putAll(Replies.map(redis.call("HGETALL", partition.keys().control())));
            }
        }
        policies.remove(CameraPolicyStore.CHANGES);
        return new OperatorSettingsCopy(policies, switches);
    }

    /**
     * Each policy is set where its camera is from now on, and no other is there of such a camera; the switches are turned everywhere. May be
     * done twice.
     */
    void write(PartitionLayout partitions) {
        for (Partition partition : partitions.all()) {
            List<Object> set = new ArrayList<>(List.of(partition.keys().cameraPolicies()));
            policies.forEach((camera, policy) -> {
                if (partitions.of(camera).equals(partition)) {
                    set.add(camera);
                    set.add(policy);
                }
            });
            List<Object> switched = new ArrayList<>(List.of(partition.keys().control()));
            switches.forEach((name, value) -> switched.addAll(List.of(name, value)));
            try (RedisConnection redis = RedisConnection.open(partition.redis())) {
                remove(redis, partition.keys().cameraPolicies(),
                        camera -> partitions.of(camera).equals(partition) && !policies.containsKey(camera));
                if (set.size() > 1) {
                    redis.call("HSET", set.toArray());
                    redis.call("HINCRBY", partition.keys().cameraPolicies(), CameraPolicyStore.CHANGES, 1);
                }
                if (switched.size() > 1) {
                    redis.call("HSET", switched.toArray());
                }
            }
        }
    }

    /** Cameras that are elsewhere now are neither set nor seen where they were. */
    static void tidy(List<Partition> before, PartitionLayout now) {
        for (Partition partition : before) {
            Keys keys = partition.keys();
            try (RedisConnection redis = RedisConnection.open(partition.redis())) {
                for (String byCamera : List.of(keys.cameraPolicies(), keys.camerasSeen())) {
                    remove(redis, byCamera, camera -> !now.of(camera).keys().equals(keys));
                }
            }
        }
    }

    private static void remove(RedisConnection redis, String byCamera, Predicate<String> which) {
        List<Object> gone = new ArrayList<>(List.of(byCamera));
        Replies.list(redis.call("HKEYS", byCamera)).stream().map(Replies::text)
                .filter(camera -> !camera.equals(CameraPolicyStore.CHANGES) && which.test(camera)).forEach(gone::add);
        if (gone.size() > 1) {
            redis.call("HDEL", gone.toArray());
        }
    }
}
