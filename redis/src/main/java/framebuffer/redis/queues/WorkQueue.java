package framebuffer.redis.queues;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import java.util.List;

/** What is done to a work queue as a whole. */
public final class WorkQueue {
    private static final Script ENSURE = Script.of("ensure_queue.lua");

    private WorkQueue() {
    }

    /**
     * Creates the queue as an empty stream if it is not there.
     *
     * @return the key's type afterwards: {@code stream}, or what stands in the way
     */
    public static String ensure(RedisConnection redis, String queue) {
        return Replies.text(ENSURE.call(redis, List.of(queue), List.of()));
    }

    /** How many entries it holds; 0 when it is not there. */
    public static long length(RedisConnection redis, String queue) {
        return Replies.number(redis.call("XLEN", queue));
    }
}
