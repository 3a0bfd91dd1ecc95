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
 * The heartbeats of the instances that could serve a partition, and of those that serve it.
 *
 * @param partition its number
 * @param partitions how many partitions there are
 * @param keys names of the streams and hashes
 * @param group the consumer group of all instances
 * @param instance name of this instance
 */
public record PartitionCandidates(int partition, int partitions, Keys keys, String group, String instance) {
    private static final Script BEAT = Script.of("note_candidate.lua");
    private static final Script FORGET = Script.of("forget_candidate.lua");

    /**
     * The last heartbeat of each instance; each heartbeat differs from the previous one.
     *
     * @param known whether this instance was still a candidate; false when others have removed it as dead
     * @param others the heartbeats of the other candidates
     * @param serving the heartbeats of the others that serve the partition, see {@link InstanceStore}
     */
    public record CandidateBeats(boolean known, Map<String, String> others, Map<String, String> serving) {
    }

    /** Whether another instance is a candidate. */
    public boolean isAnother(RedisConnection redis) {
        return !others(Replies.list(redis.call("HGETALL", keys.candidates()))).isEmpty();
    }

    /**
     * Sends a heartbeat of this instance.
     *
     * @param run unique id of this run
     */
    public CandidateBeats beat(RedisConnection redis, String run) {
        List<?> reply = Replies.list(BEAT.call(redis,
                List.of(keys.candidates(), keys.instances(), keys.capture(), keys.returned()),
                List.of(instance, run, group)));
        int end = 2 + (int) Replies.number(reply.get(1));
        return new CandidateBeats(!Replies.text(reply.getFirst()).isEmpty(), others(reply.subList(2, end)),
                others(reply.subList(end, reply.size())));
    }

    private Map<String, String> others(List<?> flat) {
        Map<String, String> others = new HashMap<>();
        Replies.map(flat).forEach((name, said) -> others.put(name, new String(said, StandardCharsets.UTF_8)));
        others.remove(instance);
        return others;
    }

    /** Removes a candidate that seems dead, unless it has sent a heartbeat since. */
    public void forget(RedisConnection redis, String other, String beat) {
        FORGET.call(redis, List.of(keys.candidates()), List.of(other, beat));
    }

    /** Removes this instance from the candidates. */
    public void leave(RedisConnection redis) {
        redis.call("HDEL", keys.candidates(), instance);
    }
}
