package framebuffer.redis.cluster;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.Keys;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The heartbeats of the instances, and how an instance takes over what a silent one holds.
 *
 * @param keys
 *            what the streams and hashes are called
 * @param group
 *            the group in which instances read
 * @param instance
 *            this one's name
 */
public record InstanceStore(Keys keys, String group, String instance) {
    /** Marks a graceful shutdown, so that other instances take over at once. */
    public static final String LEFT = "left";

    // Each frees more memory than it writes.
    private static final Script BEAT = Script.of("note_instance.lua");
    private static final Script LEAVE = Script.of("remove_instance.lua");
    private static final Script TAKE_OVER = Script.of("ids.lua", "ledger.lua", "take_over_instance.lua");

    /**
     * The last beat of each instance; each beat differs from the one before.
     *
     * @param own
     *            the one under this instance's own name until now, if there was one
     * @param others
     *            those of the others; empty text for an instance that reads in the group and never sent one
     */
    public record InstanceBeats(Optional<String> own, Map<String, String> others) {
    }

    /**
     * The frames that were taken over.
     *
     * @param pending
     *            now pending for this instance
     * @param lost
     *            were pending, but had been deleted
     */
    public record TakenFrames(long pending, long lost) {
    }

    /**
     * Sends a beat of this instance.
     *
     * @param run
     *            tells this run of the instance from all others
     */
    public InstanceBeats beat(RedisConnection redis, String run) {
        List<?> reply = Replies.list(BEAT.call(redis, List.of(keys.instances(), keys.capture(), keys.returned()),
                List.of(instance, run, group)));
        Map<String, String> others = new HashMap<>();
        Replies.map(reply.subList(1, reply.size()))
                .forEach((name, said) -> others.put(name, new String(said, StandardCharsets.UTF_8)));
        others.remove(instance);
        return new InstanceBeats(Optional.of(Replies.text(reply.getFirst())).filter(beat -> !beat.isEmpty()), others);
    }

    /** Tells the others that this run of the instance ends: they may take over at once what is pending for it. */
    public void leave(RedisConnection redis, String run) {
        LEAVE.call(redis, List.of(keys.instances()), List.of(instance, LEFT, run));
    }

    /**
     * Takes over what is pending for another instance, in one step. After that this instance reads again all that is pending for it.
     *
     * @param beat
     *            the last beat of the other
     * @return empty when nothing was done, for the other has sent another beat since, or a third instance was faster
     */
    public Optional<TakenFrames> takeOver(RedisConnection redis, String other, String beat, int ledgerFields) {
        List<?> reply = Replies.list(TAKE_OVER.call(redis,
                List.of(keys.capture(), keys.returned(), keys.ledger(), keys.parts(), keys.instances(), keys.waiting()),
                List.of(group, other, instance, beat, ledgerFields)));
        long pending = Replies.number(reply.get(0));
        return pending < 0 ? Optional.empty() : Optional.of(new TakenFrames(pending, Replies.number(reply.get(1))));
    }
}
