package framebuffer.redis.cluster;

import framebuffer.redis.RedisAddress;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The locations of all partitions.
 *
 * @param how how frames are spread over the partitions
 * @param all all partitions, in order
 */
public record PartitionLayout(Partitioning how, List<Partition> all) {
    public PartitionLayout {
        all = List.copyOf(all);
    }

    /** The layout on one Redis, or on the nodes of a cluster. */
    public static PartitionLayout of(RedisAddress redis, Partitioning how) {
        return new PartitionLayout(how, IntStream.range(0, how.count()).mapToObj(number -> {
            Keys keys = how.keys(number);
            return new Partition(number, redis.holding(keys.capture()), keys);
        }).toList());
    }

    /** The partition of a camera. */
    public Partition of(String cameraId) {
        return all.get(how.of(cameraId));
    }

    /** Whether there is more than one partition. */
    public boolean areSeveral() {
        return all.size() > 1;
    }
}
