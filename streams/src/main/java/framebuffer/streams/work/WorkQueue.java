package framebuffer.streams.work;

import framebuffer.streams.RedisConnection;
import framebuffer.streams.Replies;
import framebuffer.streams.Script;
import java.util.ArrayList;
import java.util.List;

/** What is done to a work queue as a whole. */
public final class WorkQueue {
    /** The group with which we empty a queue that nobody has made a group for. */
    public static final String EMPTYING = "frame-buffer";

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

    /** The name under which an instance reads a queue that it empties: what was delivered so no processor has begun with. */
    public static String emptying(String instance) {
        return EMPTYING + ':' + instance;
    }

    /** How many entries it holds; 0 when it is not there. */
    public static long length(RedisConnection redis, String queue) {
        return Replies.number(redis.call("XLEN", queue));
    }

    /** The names of its consumer groups. */
    public static List<String> groups(RedisConnection redis, String queue) {
        List<String> names = new ArrayList<>();
        for (Object group : Replies.list(redis.call("XINFO", "GROUPS", queue))) {
            names.add(Replies.text(Replies.list(group).get(1)));
        }
        return names;
    }
}
