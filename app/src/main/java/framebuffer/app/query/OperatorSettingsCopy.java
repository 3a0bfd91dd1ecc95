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
 * The operator's settings, which must survive a change of the number of partitions.
 *
 * @param policies camera → its policy, as Redis keeps it
 * @param switches switch → its value, as Redis keeps it
 */
record OperatorSettingsCopy(Map<String, byte[]> policies, Map<String, byte[]> switches) {
    /** Reads each policy from the partition of its camera. A policy in another partition is left over from an interrupted change. */
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
     * Writes each policy to the new partition of its camera, deletes other policies of these cameras there, and writes the switches to all
     * partitions. Idempotent.
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

    /** Deletes cameras that have moved to another partition from their old partition. */
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
