package framebuffer.redis.cluster;

import framebuffer.redis.RedisAddress;
import framebuffer.wire.Keys;

/**
 * Where one partition lies.
 *
 * @param number
 *            from 0 on
 * @param redis
 *            the Redis that holds it: of a cluster, the node
 * @param keys
 *            what its keys are called
 */
public record Partition(int number, RedisAddress redis, Keys keys) {
    /** As in messages. */
    @Override
    public String toString() {
        return "partition " + number;
    }
}
