package framebuffer.streams.capture;

import framebuffer.streams.RedisConnection;
import framebuffer.streams.Replies;
import framebuffer.streams.Script;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Removes from the capture stream what every group on it has read and acknowledged. Needed only while others read the stream too: as
 * long as we are alone, a hand-off removes what it moves.
 */
public final class CaptureTrim {
    private static final Script SCRIPT = Script.of("ids.lua", "trim_capture.lua");

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
}
