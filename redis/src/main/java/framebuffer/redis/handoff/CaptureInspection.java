package framebuffer.redis.handoff;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.Keys;
import java.util.ArrayList;
import java.util.List;

/**
 * A look at the capture stream. What others trimmed away before our group had read it is counted as lost, once, by whoever looks
 * first.
 *
 * @param lost
 *            frames newly counted as lost
 * @param groups
 *            all that read the stream
 */
public record CaptureInspection(long lost, List<CaptureGroup> groups) {
    private static final Script SCRIPT = Script.of("ids.lua", "ledger.lua", "inspect_capture.lua");
    private static final int PER_GROUP = 4;

    public CaptureInspection {
        groups = List.copyOf(groups);
    }

    /**
     * A group that reads the stream.
     *
     * @param position
     *            changes whenever it reads or acknowledges
     * @param behind
     *            whether something is left for it to read or to acknowledge
     */
    public record CaptureGroup(String name, String position, boolean behind) {
    }

    /**
     * Looks.
     *
     * @param group
     *            ours
     * @param ledgerFields
     *            most fields in the ledger
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
