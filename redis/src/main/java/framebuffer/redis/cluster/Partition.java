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
 * @param number from 0
 * @param redis the Redis that holds the partition; in a Redis Cluster, the node
 * @param keys names of its keys
 */
public record Partition(int number, RedisAddress redis, Keys keys) {
    /**
     * Queries its Redis over a new connection.
     *
     * @throws RedisUnavailable when Redis does not answer
     * @throws RedisRefused when Redis refuses
     */
    public <R> R ask(Function<RedisConnection, R> question) {
        try (RedisConnection connection = RedisConnection.open(redis)) {
            return question.apply(connection);
        }
    }

    /** The name of the partition in messages. */
    @Override
    public String toString() {
        return "partition " + number;
    }
}
