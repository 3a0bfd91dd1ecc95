package framebuffer.redis.tables;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which processor each camera's frames go to, as all instances have agreed: a table in Redis, with a version that every change moves.
 * What is wished for on a version that no longer stands is not done.
 */
public final class AffinityStore {
    /** Known to who has not read the table. */
    public static final String NO_VERSION = "";

    private static final Script SCRIPT = Script.of("assign_cameras.lua");

    private final Keys keys;
    private final Duration keep;

    /**
     * What is told the table.
     *
     * @param version
     *            what the caller knows, {@link #NO_VERSION} at first
     * @param seen
     *            whose frames were seen, and which therefore are to be kept
     * @param wishes
     *            what is to be assigned to which processor, decided on that version
     */
    public record AffinityUpdate(String version, Collection<CameraNeed> seen, Map<CameraNeed, String> wishes) {
    }

    /**
     * What the table answers.
     *
     * @param version
     *            what stands now
     * @param whole
     *            whether {@code entries} is the whole table, or what has changed since the version known
     * @param entries
     *            the processor of each; empty: it has been forgotten
     */
    public record AffinityAnswer(String version, boolean whole, Map<CameraNeed, String> entries) {
    }

    /**
     * @param keep
     *            after this time without being seen an assignment is forgotten
     */
    public AffinityStore(Keys keys, Duration keep) {
        this.keys = keys;
        this.keep = keep;
    }

    /** Tells it, and answers what the caller does not know yet. */
    public AffinityAnswer sync(RedisConnection redis, AffinityUpdate message) {
        List<Object> line = new ArrayList<>(3 + message.seen().size() + 2 * message.wishes().size());
        line.addAll(List.of(message.version(), keep.toMillis(), message.seen().size()));
        message.seen().forEach(need -> line.add(need.encode()));
        message.wishes().forEach((need, processor) -> {
            line.add(need.encode());
            line.add(processor);
        });
        List<?> reply = Replies.list(SCRIPT.call(redis,
                List.of(keys.affinity(), keys.affinityChanges(), keys.affinitySeen()), line));
        Map<CameraNeed, String> entries = LinkedHashMap.newLinkedHashMap(reply.size() / 2);
        for (int i = 2; i < reply.size(); i += 2) {
            entries.put(CameraNeed.parse(Replies.text(reply.get(i))), Replies.text(reply.get(i + 1)));
        }
        return new AffinityAnswer(Replies.text(reply.get(0)), Replies.number(reply.get(1)) == 1, entries);
    }
}
