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
 * The affinity table in Redis, shared by all instances: the processor of each camera. Each change increments its version; proposals for an
 * old version are ignored.
 */
public final class AffinityStore {
    /** The version of a caller that has not read the table. */
    public static final String NO_VERSION = "";

    private static final Script SCRIPT = Script.of("assign_cameras.lua");

    private final Keys keys;
    private final Duration keep;

    /**
     * A request to the table.
     *
     * @param version version that the caller knows, {@link #NO_VERSION} at first
     * @param seen needs whose frames were seen; their assignments are kept
     * @param wishes proposed assignments, based on that version
     */
    public record AffinityUpdate(String version, Collection<CameraNeed> seen, Map<CameraNeed, String> wishes) {
    }

    /**
     * The reply of the table.
     *
     * @param version the current version
     * @param whole whether {@code entries} is the whole table, or only the changes since the known version
     * @param entries need → processor; empty: forgotten
     */
    public record AffinityAnswer(String version, boolean whole, Map<CameraNeed, String> entries) {
    }

    /**
     * @param keep time without a frame after which an assignment is forgotten
     */
    public AffinityStore(Keys keys, Duration keep) {
        this.keys = keys;
        this.keep = keep;
    }

    /** Sends the request; returns what the caller does not know yet. */
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
