package framebuffer.redis.frames;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.redis.StreamEntry;
import framebuffer.wire.Keys;
import framebuffer.wire.text.Fields;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What it took to make the ledger balance: frames that others removed from Redis, or put there.
 *
 * @param changes
 *            what was counted beyond the steps of frames
 * @param more
 *            whether there is more to settle
 */
public record LedgerReconciliation(List<Change> changes, boolean more) {
    /** So many changes are kept. */
    public static final int CHANGES_KEPT = 100;

    private static final Script SCRIPT = Script.of("ids.lua", "ledger.lua", "ledger_cameras.lua",
            "reconcile_ledger.lua");
    private static final Script DUE = Script.reading("check_reconcile_due.lua");
    private static final int PER_CHANGE = 4;

    public LedgerReconciliation {
        changes = List.copyOf(changes);
    }

    /**
     * Frames of one stream that were counted.
     *
     * @param stream
     *            its key; empty where that is not known
     * @param processor
     *            whose queue it is; empty: nobody's
     */
    public record Change(String stream, String processor, CountKind what, long frames) {
    }

    /**
     * A change as it is kept.
     *
     * @param by
     *            who made it: sweep or reconcile
     */
    public record RecordedChange(Instant at, String by, Change change) {
    }

    /** As what frames were counted. */
    public enum CountKind {
        /** They were acknowledged, and then deleted. */
        DONE,
        /** They were deleted, and nobody had acknowledged them. */
        LOST,
        /** They were there, and had not begun. */
        CAPTURED;

        /** As it is written. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static CountKind of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /** Who settles, and how thoroughly. */
    public enum ReconcileDepth {
        /** The service, all the time. */
        SWEEP("sweep", 500),
        /** An operator. */
        OPERATOR("reconcile", 20_000),
        /** Nobody: it is only told what would be done. */
        NOBODY("dry", 0);

        private final String word;
        private final int attributed;

        ReconcileDepth(String word, int attributed) {
            this.word = word;
            this.attributed = attributed;
        }
    }

    /**
     * Where frames are.
     *
     * @param group
     *            of the capture stream
     * @param ledgerFields
     *            most fields in the ledger
     * @param processors
     *            queue (a key) → whose it is
     */
    public record LedgerScope(Keys keys, String group, int ledgerFields, Map<String, String> processors) {
    }

    /**
     * Answers whether entries are missing from a work queue that no step of ours removed; whatever the queues' length, at the same cost.
     *
     * @param queues
     *            their keys
     */
    public static boolean isDue(RedisConnection redis, Keys keys, Collection<String> queues) {
        List<Object> touched = new ArrayList<>(List.of(keys.taken()));
        touched.addAll(queues);
        return !queues.isEmpty() && Replies.number(DUE.call(redis, touched, List.of())) == 1;
    }

    /** Settles what there is to settle. */
    public static LedgerReconciliation settle(RedisConnection redis, LedgerScope where, ReconcileDepth by) {
        Keys keys = where.keys();
        List<Object> touched = new ArrayList<>(List.of(keys.ledger(), keys.capture(), keys.returned(), keys.parts(),
                keys.completed(), keys.taken(), keys.ledgerChanges(), keys.deferred()));
        List<Object> line = new ArrayList<>(
                List.of(where.group(), where.ledgerFields(), by.word, CHANGES_KEPT, by.attributed));
        where.processors().forEach((queue, processor) -> {
            touched.add(queue);
            line.add(processor);
        });
        List<?> reply = Replies.list(SCRIPT.call(redis, touched, line));
        List<Change> changes = new ArrayList<>();
        for (int i = 1; i < reply.size(); i += PER_CHANGE) {
            changes.add(new Change(Replies.text(reply.get(i)), Replies.text(reply.get(i + 1)),
                    CountKind.of(Replies.text(reply.get(i + 2))), Replies.number(reply.get(i + 3))));
        }
        return new LedgerReconciliation(changes, Replies.number(reply.getFirst()) == 1);
    }

    /** What was changed of late, oldest first. */
    public static List<RecordedChange> kept(RedisConnection redis, Keys keys) {
        List<RecordedChange> kept = new ArrayList<>();
        for (StreamEntry entry : Replies.entries(redis.call("XRANGE", keys.ledgerChanges(), "-", "+"))) {
            Fields fields = entry.fields();
            if (fields != null) {
                kept.add(new RecordedChange(entry.id().time(), text(fields, "by"), new Change(text(fields, "stream"),
                        text(fields, "processor"), CountKind.of(text(fields, "what")),
                        Long.parseLong(text(fields, "frames")))));
            }
        }
        return kept;
    }

    private static String text(Fields fields, String name) {
        return Objects.requireNonNullElse(fields.text(name), "");
    }
}
