package framebuffer.redis.handoff;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.redis.StreamEntry;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.frame.DeadLetter;
import framebuffer.wire.text.Fields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells returned frames that were handed off before from entries that others made up, changed or wrote twice
 * (docs/adr/0030-returned-frames.md). For one thread.
 */
public final class ReturnVerifier {
    private static final Script ACCEPT = Script.of("ids.lua", "ledger.lua", "accept_returned.lua");
    private static final int NO_QUEUE = 0;

    /**
     * What is known of returned frames.
     *
     * @param refused entries that are not believed
     * @param queues for each believed entry with a signature: the key of the work queue to which an instance handed its frame off. An entry
     *     without one comes from a script of ours.
     */
    public record JudgedReturns(Set<EntryId> refused, Map<EntryId, String> queues) {
        static final JudgedReturns NONE = new JudgedReturns(Set.of(), Map.of());

        public JudgedReturns {
            refused = Set.copyOf(refused);
            queues = Map.copyOf(queues);
        }
    }

    private final Keys keys;
    private final String group;
    private final HandOffSignature signature;

    /**
     * @param group our group of the returned stream
     */
    public ReturnVerifier(Keys keys, String group) {
        this.keys = keys;
        this.group = group;
        this.signature = new HandOffSignature(keys);
    }

    /** Call once on each new connection. */
    public void prepare(RedisConnection redis) {
        signature.load(redis);
    }

    /**
     * Accepts the returned frames that were handed off before. A repeated call with the same entries has no further effect.
     *
     * @param entries entries of the returned stream
     */
    public JudgedReturns judge(RedisConnection redis, List<StreamEntry> entries) {
        List<StreamEntry> there = entries.stream().filter(entry -> entry.fields() != null).toList();
        if (there.isEmpty()) {
            return JudgedReturns.NONE;
        }
        JudgedReturns judged = accept(redis, there);
        if (!judged.refused().isEmpty()) {
            // Redis may have lost the secret and got another one since.
            signature.load(redis);
            judged = accept(redis, there);
        }
        return judged;
    }

    private JudgedReturns accept(RedisConnection redis, List<StreamEntry> entries) {
        Map<String, Integer> queues = new LinkedHashMap<>();
        Map<EntryId, String> from = new HashMap<>();
        List<Object> line = new ArrayList<>(List.of(group));
        for (StreamEntry entry : entries) {
            Fields fields = entry.fields() == null ? Fields.ofText() : entry.fields();
            String queue = signature.queueOf(fields);
            if (queue != null) {
                from.put(entry.id(), queue);
            }
            line.add(entry.id().toString());
            line.add(number(queues, queue));
            line.add(DeadLetter.captureId(fields, entry.id(), false).toString());
        }
        List<Object> touched = new ArrayList<>(
                List.of(keys.accepted(), keys.taken(), keys.ledger(), keys.parts(), keys.returned()));
        touched.addAll(queues.keySet());
        String letters = Replies.text(ACCEPT.call(redis, touched, line));
        Set<EntryId> refused = new HashSet<>();
        for (int i = 0; i < entries.size(); i++) {
            if (letters.charAt(i) != 'a') {
                refused.add(entries.get(i).id());
            }
        }
        from.keySet().removeAll(refused);
        return new JudgedReturns(refused, from);
    }

    private static int number(Map<String, Integer> queues, @Nullable String queue) {
        return queue == null ? NO_QUEUE : queues.computeIfAbsent(queue, _ -> queues.size() + 1);
    }
}
