package framebuffer.streams.capture;

import framebuffer.streams.RedisConnection;
import framebuffer.streams.Replies;
import framebuffer.streams.Script;
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
public record CaptureLook(long lost, List<Group> groups) {
    private static final Script SCRIPT = Script.of("ids.lua", "ledger.lua", "look_capture.lua");
    private static final int PER_GROUP = 4;

    public CaptureLook {
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
    public record Group(String name, String position, boolean behind) {
    }

    /**
     * Looks.
     *
     * @param group
     *            ours
     * @param ledgerFields
     *            most fields in the ledger
     */
    public static CaptureLook at(RedisConnection redis, Keys keys, String group, int ledgerFields) {
        List<?> reply = Replies.list(SCRIPT.call(redis, List.of(keys.capture(), keys.ledger()),
                List.of(group, ledgerFields)));
        List<Group> groups = new ArrayList<>();
        for (int i = 1; i < reply.size(); i += PER_GROUP) {
            groups.add(new Group(Replies.text(reply.get(i)),
                    Replies.text(reply.get(i + 1)) + " " + Replies.number(reply.get(i + 2)),
                    Replies.number(reply.get(i + 3)) == 1));
        }
        return new CaptureLook(Replies.number(reply.getFirst()), groups);
    }
}
