package framebuffer.redis.handoff;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Removes from the capture stream what every group on it has read and acknowledged. Needed only while others read the stream too: as
 * long as we are alone, a hand-off removes what it moves.
 */
public final class CaptureTrim {
    private static final Script SCRIPT = Script.of("ids.lua", "astray.lua", "trim_capture.lua");
    private static final Script BEHIND = Script.of("ids.lua", "astray.lua", "trim_behind.lua");
    /** Entries looked at in one call. */
    private static final int ENTRIES = 200;

    private CaptureTrim() {
    }

    /**
     * Trims once; answers how many entries were removed. None as long as our own group is not there: it will read all there is.
     *
     * @param abandoned
     *            groups that hold nothing back any more
     */
    public static int trim(RedisConnection redis, String capture, String group, Collection<String> abandoned) {
        List<String> line = new ArrayList<>(List.of(group));
        line.addAll(abandoned);
        return (int) Replies.number(SCRIPT.call(redis, List.of(capture), line));
    }

    /**
     * What came of a look behind entries that somebody still needs.
     *
     * @param removed
     *            how many entries
     * @param next
     *            where to go on; {@link #START} when all was looked at
     */
    public record TrimResult(int removed, String next) {
    }

    /** Where a look behind entries that somebody still needs begins. */
    public static final String START = "0-0";

    /** Removes what every group has read and acknowledged behind older entries that one of them still needs; a bounded number a call. */
    public static TrimResult behind(RedisConnection redis, String capture, String group, Collection<String> abandoned,
            String after) {
        List<Object> line = new ArrayList<>(List.of(group, after, ENTRIES));
        line.addAll(abandoned);
        List<?> reply = Replies.list(BEHIND.call(redis, List.of(capture), line));
        return new TrimResult((int) Replies.number(reply.getFirst()), Replies.text(reply.get(1)));
    }
}
