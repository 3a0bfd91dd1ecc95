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
 * Which instances could serve a partition, as each says of itself again and again, and which do.
 *
 * @param keys
 *            what the streams and hashes are called
 * @param group
 *            the group in which instances read
 * @param instance
 *            this one's name
 */
public record PartitionCandidates(Keys keys, String group, String instance) {
    private static final Script BEAT = Script.of("note_candidate.lua");
    private static final Script FORGET = Script.of("forget_candidate.lua");

    /**
     * What was said.
     *
     * @param before
     *            under this instance's own name until now; empty: nothing, or it was taken for dead
     * @param others
     *            the other candidates, and what each said last, another each time
     * @param serving
     *            the others that serve the partition, and what each said last, see {@link InstanceStore}
     */
    public record CandidateStates(String before, Map<String, String> others, Map<String, String> serving) {
    }

    /** Whether any other instance has said that it is there. */
    public boolean isAnother(RedisConnection redis) {
        return !others(Replies.list(redis.call("HGETALL", keys.candidates()))).isEmpty();
    }

    /**
     * Says that this instance is there.
     *
     * @param run
     *            what tells this run of it from all others
     */
    public CandidateStates beat(RedisConnection redis, String run) {
        List<?> reply = Replies.list(BEAT.call(redis,
                List.of(keys.candidates(), keys.instances(), keys.capture(), keys.returned()),
                List.of(instance, run, group)));
        int end = 2 + (int) Replies.number(reply.get(1));
        return new CandidateStates(Replies.text(reply.getFirst()), others(reply.subList(2, end)),
                others(reply.subList(end, reply.size())));
    }

    private Map<String, String> others(List<?> flat) {
        Map<String, String> others = new HashMap<>();
        Replies.map(flat).forEach((name, said) -> others.put(name, new String(said, StandardCharsets.UTF_8)));
        others.remove(instance);
        return others;
    }

    /** One that is taken for dead is a candidate no more, unless it has said something since. */
    public void forget(RedisConnection redis, String other, String said) {
        FORGET.call(redis, List.of(keys.candidates()), List.of(other, said));
    }

    /** This instance is a candidate no more. */
    public void leave(RedisConnection redis) {
        redis.call("HDEL", keys.candidates(), instance);
    }
}
