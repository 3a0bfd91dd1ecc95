package framebuffer.streams.partition;

import framebuffer.streams.RedisConnection;
import framebuffer.streams.Replies;
import framebuffer.wire.Partitioning;
import java.util.OptionalInt;

/** Over how many partitions the frames in a Redis are spread: kept there, so that nobody takes it for another number. */
public final class PartitionCount {
    private PartitionCount() {
    }

    private static String key(String prefix) {
        return Partitioning.tagged(prefix, 1).keys(0).partitions();
    }

    /** The key that says it, wherever partitions lie; for {@link framebuffer.streams.RedisAddress#holding}. */
    public static String where(String prefix) {
        return key(prefix);
    }

    /** How many it says; empty: there were never several. */
    public static OptionalInt read(RedisConnection redis, String prefix) {
        Object said = redis.call("GET", key(prefix));
        return said == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(Replies.text(said)));
    }

    /** From now on it says so, unless it has said something before; answers what it says. */
    public static int claim(RedisConnection redis, Partitioning partitioning) {
        redis.call("SET", key(partitioning.prefix()), partitioning.count(), "NX");
        return read(redis, partitioning.prefix()).orElse(partitioning.count());
    }

    /** From now on it says so. */
    public static void set(RedisConnection redis, String prefix, int count) {
        redis.call("SET", key(prefix), count);
    }
}
