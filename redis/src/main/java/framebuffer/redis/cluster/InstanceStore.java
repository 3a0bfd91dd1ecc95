package framebuffer.redis.cluster;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.Keys;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which instances run, as each says of itself again and again, and how one takes over what a silent one holds.
 *
 * @param keys
 *            what the streams and hashes are called
 * @param group
 *            the group in which instances read
 * @param instance
 *            this one's name
 */
public record InstanceStore(Keys keys, String group, String instance) {
    /** What one that leaves in peace says last: others need not wait. */
    public static final String LEFT = "left";

    // All that they free is more than what they write.
    private static final Script BEAT = Script.of("note_instance.lua");
    private static final Script LEAVE = Script.of("remove_instance.lua");
    private static final Script TAKE_OVER = Script.of("ids.lua", "ledger.lua", "take_over_instance.lua");

    /**
     * What was said.
     *
     * @param before
     *            under this instance's own name until now; empty: nothing
     * @param others
     *            the others, and what each said last, another each time; empty of one that reads in the group and never said anything
     */
    public record InstanceStates(String before, Map<String, String> others) {
    }

    /**
     * What came of taking over.
     *
     * @param frames
     *            now pending for this instance; -1: nothing was done, for the other runs, or somebody else was faster
     * @param lost
     *            were pending, but had been deleted
     */
    public record TakeOver(long frames, long lost) {
        /** Whether it was done by us. */
        public boolean done() {
            return frames >= 0;
        }
    }

    /**
     * Says that this instance runs.
     *
     * @param run
     *            what tells this run of it from all others
     */
    public InstanceStates beat(RedisConnection redis, String run) {
        List<?> reply = Replies.list(BEAT.call(redis, List.of(keys.instances(), keys.capture(), keys.returned()),
                List.of(instance, run, group)));
        Map<String, String> others = new HashMap<>();
        Replies.map(reply.subList(1, reply.size()))
                .forEach((name, said) -> others.put(name, new String(said, StandardCharsets.UTF_8)));
        others.remove(instance);
        return new InstanceStates(Replies.text(reply.getFirst()), others);
    }

    /** Says that this run of the instance ends. What is pending for it may be taken over at once. */
    public void leave(RedisConnection redis, String run) {
        LEAVE.call(redis, List.of(keys.instances()), List.of(instance, LEFT, run));
    }

    /**
     * Takes over what is pending for another instance, in one step. After that this one reads again all that is pending for it.
     *
     * @param said
     *            what the other said last: if it has said more since, nothing happens
     */
    public TakeOver takeOver(RedisConnection redis, String other, String said, int ledgerFields) {
        List<?> reply = Replies.list(TAKE_OVER.call(redis,
                List.of(keys.capture(), keys.returned(), keys.ledger(), keys.parts(), keys.instances(), keys.waiting()),
                List.of(group, other, instance, said, ledgerFields)));
        return new TakeOver(Replies.number(reply.get(0)), Replies.number(reply.get(1)));
    }
}
