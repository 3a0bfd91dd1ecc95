package framebuffer.redis.frames;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.wire.Keys;
import framebuffer.wire.frame.ShedFrame;
import framebuffer.wire.text.Fields;
import java.util.ArrayList;
import java.util.List;

/** The frames shed last. */
public final class ShedFrames {
    private static final int PAGE = 1_000;

    private ShedFrames() {
    }

    /** Finds the frames with this id, oldest first; searches all kept frames. */
    public static List<ShedFrame> find(RedisConnection redis, Keys keys, String frameId) {
        List<ShedFrame> found = new ArrayList<>();
        String from = "-";
        List<StreamEntry> page;
        do {
            page = Replies.entries(redis.call("XRANGE", keys.shed(), from, "+", "COUNT", PAGE));
            for (StreamEntry entry : page) {
                Fields fields = entry.fields();
                if (fields != null && frameId.equals(fields.text("frame_id"))) {
                    ShedFrame shed = ShedFrame.decode(fields);
                    if (shed != null) {
                        found.add(shed);
                    }
                }
                from = "(" + entry.id();
            }
        } while (page.size() == PAGE);
        return found;
    }
}
