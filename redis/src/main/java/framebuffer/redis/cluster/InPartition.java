package framebuffer.redis.cluster;

import framebuffer.redis.RedisConnection;
import framebuffer.wire.Keys;
import java.util.function.BiFunction;

/**
 * A partition, and the part of this instance that works there, such as its registry.
 *
 * @param service the part that works in this partition
 */
public record InPartition<T>(Partition partition, T service) {
    public Keys keys() {
        return partition.keys();
    }

    /** Queries the partition over a new connection. */
    public <R> R ask(BiFunction<RedisConnection, T, R> question) {
        return partition.ask(redis -> question.apply(redis, service));
    }
}
