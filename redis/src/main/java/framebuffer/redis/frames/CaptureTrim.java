package framebuffer.redis.frames;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Trims entries of the capture stream that every group has read and acknowledged. Needed only if other groups read the stream: otherwise
 * the hand-off deletes its entries.
 */
public final class CaptureTrim {
    private static final Script SCRIPT = Script.of("ids.lua", "astray.lua", "trim_capture.lua");
    private static final Script BEHIND = Script.of("ids.lua", "astray.lua", "trim_behind.lua");
    /** Maximum number of entries inspected in one call. */
    private static final int ENTRIES = 200;

    private CaptureTrim() {
    }

    /**
     * Trims once; returns the number of entries removed. Removes none while our group does not exist, because it will read all entries.
     *
     * @param abandoned groups whose needs are ignored
     */
    public static int trim(RedisConnection redis, String capture, String group, Collection<String> abandoned) {
        List<String> line = new ArrayList<>(List.of(group));
        line.addAll(abandoned);
        return (int) Replies.number(SCRIPT.call(redis, List.of(capture), line));
    }

    /**
     * The result of a deletion behind needed entries.
     *
     * @param removed number of entries removed
     * @param next where to continue; {@link #START}: the end was reached
     */
    public record TrimResult(int removed, String next) {
    }

    /** The start of a deletion behind needed entries. */
    public static final String START = "0-0";

    /** Removes entries that every group has acknowledged, behind older entries that a group still needs; a bounded number per call. */
    public static TrimResult behind(RedisConnection redis, String capture, String group, Collection<String> abandoned,
            String after) {
        List<Object> line = new ArrayList<>(List.of(group, after, ENTRIES));
        line.addAll(abandoned);
        List<?> reply = Replies.list(BEHIND.call(redis, List.of(capture), line));
        return new TrimResult((int) Replies.number(reply.getFirst()), Replies.text(reply.get(1)));
    }
}
