package framebuffer.redis.cluster;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.wire.Keys;
import java.util.function.Function;

/**
 * Location of one partition.
 *
 * @param number
 *            from 0 on
 * @param redis
 *            the Redis that holds the partition; in a Redis Cluster, the node
 * @param keys
 *            names of its keys
 */
public record Partition(int number, RedisAddress redis, Keys keys) {
    /**
     * Opens a connection to its Redis, asks, and closes the connection.
     *
     * @throws RedisUnavailable
     *             when Redis is away
     * @throws RedisRefused
     *             when Redis refuses
     */
    public <R> R ask(Function<RedisConnection, R> question) {
        try (RedisConnection connection = RedisConnection.open(redis)) {
            return question.apply(connection);
        }
    }

    /** As in messages. */
    @Override
    public String toString() {
        return "partition " + number;
    }
}
