package framebuffer.redis.queues;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import java.util.List;

/** Operations on a whole work queue. */
public final class WorkQueue {
    private static final Script ENSURE = Script.of("ensure_queue.lua");

    private WorkQueue() {
    }

    /**
     * Creates the queue as an empty stream if it is missing.
     *
     * @return the key's type afterwards: {@code stream}, or another type that blocks the queue
     */
    public static String ensure(RedisConnection redis, String queue) {
        return Replies.text(ENSURE.call(redis, List.of(queue), List.of()));
    }

    /** The number of its entries; 0 if it is missing. */
    public static long length(RedisConnection redis, String queue) {
        return Replies.number(redis.call("XLEN", queue));
    }
}
