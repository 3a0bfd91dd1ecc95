package framebuffer.redis.handoff;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.Keys;
import java.util.ArrayList;
import java.util.List;

/**
 * An inspection of the capture stream. Frames that others trimmed before our group read them count as lost, once, at the first inspection.
 *
 * @param lost frames newly counted as lost
 * @param groups all groups of the stream
 */
public record CaptureInspection(long lost, List<CaptureGroup> groups) {
    private static final Script SCRIPT = Script.of("ids.lua", "ledger.lua", "inspect_capture.lua");
    private static final int PER_GROUP = 4;

    public CaptureInspection {
        groups = List.copyOf(groups);
    }

    /**
     * A group of the stream.
     *
     * @param position changes whenever the group reads or acknowledges
     * @param behind whether entries remain for the group to read or acknowledge
     */
    public record CaptureGroup(String name, String position, boolean behind) {
    }

    /**
     * Inspects the stream.
     *
     * @param group our group
     * @param ledgerFields maximum number of fields in the ledger
     */
    public static CaptureInspection at(RedisConnection redis, Keys keys, String group, int ledgerFields) {
        List<?> reply = Replies.list(SCRIPT.call(redis, List.of(keys.capture(), keys.ledger()),
                List.of(group, ledgerFields)));
        List<CaptureGroup> groups = new ArrayList<>();
        for (int i = 1; i < reply.size(); i += PER_GROUP) {
            groups.add(new CaptureGroup(Replies.text(reply.get(i)),
                    Replies.text(reply.get(i + 1)) + " " + Replies.number(reply.get(i + 2)),
                    Replies.number(reply.get(i + 3)) == 1));
        }
        return new CaptureInspection(Replies.number(reply.getFirst()), groups);
    }
}
