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
 * The corrections of a ledger: frames that others removed from Redis or added.
 *
 * @param changes the corrections
 * @param more whether more corrections are due
 */
public record LedgerReconciliation(List<Change> changes, boolean more) {
    /** Maximum number of changes kept. */
    public static final int CHANGES_KEPT = 100;

    private static final Script SCRIPT = Script.of("ids.lua", "ledger.lua", "ledger_cameras.lua", "circuits.lua",
            "reconcile_ledger.lua");
    private static final Script DUE = Script.reading("check_reconcile_due.lua");
    private static final int PER_CHANGE = 4;

    public LedgerReconciliation {
        changes = List.copyOf(changes);
    }

    /**
     * A correction for one stream.
     *
     * @param stream its key; empty: unknown
     * @param processor owner of the queue; empty: none
     */
    public record Change(String stream, String processor, CountKind what, long frames) {
    }

    /**
     * A recorded change.
     *
     * @param by its cause: sweep or reconcile
     */
    public record RecordedChange(Instant at, String by, Change change) {
    }

    /** How the frames are counted. */
    public enum CountKind {
        /** The frames were acknowledged, then deleted. */
        DONE,
        /** The frames were deleted without acknowledgement. */
        LOST,
        /** The frames exist, but were not counted as captured. */
        CAPTURED;

        /** The name in Redis. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static CountKind of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /** The mode of a reconciliation. */
    public enum ReconcileDepth {
        /** Repeated by the service. */
        SWEEP("sweep", 500),
        /** Started by an operator. */
        OPERATOR("reconcile", 20_000),
        /** Only reports the changes. */
        NOBODY("dry", 0);

        private final String word;
        private final int attributed;

        ReconcileDepth(String word, int attributed) {
            this.word = word;
            this.attributed = attributed;
        }
    }

    /**
     * The places of frames.
     *
     * @param group our group of the capture stream
     * @param ledgerFields maximum number of fields in the ledger
     * @param processors queue (a key) → its processor
     */
    public record LedgerScope(Keys keys, String group, int ledgerFields, Map<String, String> processors) {
    }

    /**
     * Whether a work queue lacks entries that we did not remove. The cost does not depend on the length of the queues.
     *
     * @param queues keys of the queues
     */
    public static boolean isDue(RedisConnection redis, Keys keys, Collection<String> queues) {
        List<Object> touched = new ArrayList<>(List.of(keys.taken()));
        touched.addAll(queues);
        return !queues.isEmpty() && Replies.number(DUE.call(redis, touched, List.of())) == 1;
    }

    /** Reconciles the ledger. */
    public static LedgerReconciliation settle(RedisConnection redis, LedgerScope where, ReconcileDepth by) {
        Keys keys = where.keys();
        List<Object> touched = new ArrayList<>(List.of(keys.ledger(), keys.capture(), keys.returned(), keys.parts(),
                keys.completed(), keys.taken(), keys.ledgerChanges(), keys.deferred(), keys.circuits(),
                keys.accepted()));
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

    /** The recorded changes, oldest first. */
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
