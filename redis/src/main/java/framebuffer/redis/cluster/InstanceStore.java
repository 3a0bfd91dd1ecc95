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
 * The heartbeats of the instances, and the take-over of a silent instance.
 *
 * @param keys names of the streams and hashes
 * @param group the consumer group of all instances
 * @param instance name of this instance
 */
public record InstanceStore(Keys keys, String group, String instance) {
    /** Marks a graceful shutdown, so that other instances take over at once. */
    public static final String LEFT = "left";

    /** Entries in one step of a take-over. */
    static final int ENTRIES = 1_000;
    /** Steps without a pause, which must not keep this instance from its own heartbeat. */
    private static final int MOST_STEPS = 100;

    // Each script frees more memory than it writes.
    private static final Script BEAT = Script.of("note_instance.lua");
    private static final Script LEAVE = Script.of("remove_instance.lua");
    private static final Script TAKE_OVER = Script.of("ids.lua", "ledger.lua", "take_over_instance.lua");

    /**
     * The last heartbeat of each instance; each heartbeat differs from the previous one.
     *
     * @param own the previous heartbeat under this instance's name, if any
     * @param others the heartbeats of the others; empty text for an instance that reads in the group and never sent one
     */
    public record InstanceBeats(Optional<String> own, Map<String, String> others) {
    }

    /**
     * The frames of a take-over.
     *
     * @param pending frames that are now pending for this instance
     * @param lost frames that were pending, but deleted
     * @param complete whether the other instance has no frames left, and is removed
     */
    public record TakenFrames(long pending, long lost, boolean complete) {
        /** Whether no frame changed hands. */
        public boolean isEmpty() {
            return pending == 0 && lost == 0;
        }
    }

    /**
     * Sends a heartbeat of this instance.
     *
     * @param run unique id of this run
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

    /** Announces the end of this run, so that others may take over its pending frames at once. */
    public void leave(RedisConnection redis, String run) {
        LEAVE.call(redis, List.of(keys.instances()), List.of(instance, LEFT, run));
    }

    /**
     * Takes over the pending frames of another instance, at most 100 000, in steps that keep Redis busy for a few milliseconds each. This
     * instance must then read its pending frames again.
     *
     * @param beat the last heartbeat of the other instance
     * @return incomplete when frames are left, when the other has sent a heartbeat since, or when a third instance was faster
     */
    public TakenFrames takeOver(RedisConnection redis, String other, String beat, int ledgerFields) {
        TakenFrames all = new TakenFrames(0, 0, false);
        for (int step = 0; step < MOST_STEPS; step++) {
            Optional<TakenFrames> some = takeOver(redis, other, beat, ledgerFields, ENTRIES);
            if (some.isEmpty()) {
                return all;
            }
            TakenFrames now = some.get();
            all = new TakenFrames(all.pending + now.pending, all.lost + now.lost, now.complete);
            if (now.complete) {
                return all;
            }
        }
        return all;
    }

    /** One step; empty when the other has sent a heartbeat since, or a third instance was faster. */
    Optional<TakenFrames> takeOver(RedisConnection redis, String other, String beat, int ledgerFields, int entries) {
        List<?> reply = Replies.list(TAKE_OVER.call(redis,
                List.of(keys.capture(), keys.returned(), keys.ledger(), keys.parts(), keys.instances(), keys.waiting(),
                        keys.accepted()),
                List.of(group, other, instance, beat, ledgerFields, entries)));
        long pending = Replies.number(reply.get(0));
        return pending < 0
                ? Optional.empty()
                : Optional.of(
                        new TakenFrames(pending, Replies.number(reply.get(1)), Replies.number(reply.get(2)) == 1));
    }
}
