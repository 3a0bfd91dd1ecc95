package framebuffer.streams.work;

import framebuffer.streams.RedisConnection;
import framebuffer.streams.Replies;
import framebuffer.streams.Script;
import java.util.List;

/**
 * Removes from the capture stream what every group on it has read and acknowledged. Needed only while others read the stream too: as
 * long as we are alone, a hand-off removes what it moves.
 */
public final class CaptureTrim {
    private static final Script SCRIPT = Script.freeing("trim_capture.lua");

    private CaptureTrim() {
    }

    /**
     * Trims once; answers how many entries were removed. None as long as our own group is not there: it will read all there is.
     */
    public static int trim(RedisConnection redis, String capture, String group) {
        return (int) Replies.number(SCRIPT.call(redis, List.of(capture), List.of(group)));
    }
}
