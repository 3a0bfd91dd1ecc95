package framebuffer.redis.frames;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.Keys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads the ledger, and the frames that exist in the same instant. */
public final class LedgerReader {
    private static final Script SCRIPT = Script.reading("ledger.lua", "read_ledger.lua");
    private static final String CURSOR = "cursor:";

    private LedgerReader() {
    }

    /**
     * The ledger.
     *
     * @param counts camera → kind (captured, done, dead, lost, shed.REASON) → frames
     * @param underWay existing frames: pending in the capture stream, in work queues, returned, deferred
     * @param uncounted frames delivered from the capture stream and not counted as captured yet
     * @param removed entries that others removed from the other streams and that are not reconciled yet
     */
    public record LedgerReading(Map<String, Map<String, Long>> counts, long underWay, long uncounted, long removed) {
        /** A ledger without uncounted and removed frames. */
        public LedgerReading(Map<String, Map<String, Long>> counts, long underWay) {
            this(counts, underWay, 0, 0);
        }

        /** Frames that have begun and not ended, by the counts. */
        public long begun() {
            return counts.values().stream().flatMap(of -> of.entrySet().stream())
                    .mapToLong(count -> count.getKey().equals("captured") ? count.getValue() : -count.getValue()).sum();
        }
    }

    /**
     * Reads the ledger.
     *
     * @param group our group of the capture stream
     * @param queues keys of all work queues that may hold frames
     */
    public static LedgerReading read(RedisConnection redis, Keys keys, String group, List<String> queues) {
        List<Object> touched = new ArrayList<>(List.of(keys.ledger(), keys.capture(), keys.returned(), keys.parts(),
                keys.taken(), keys.deferred()));
        touched.addAll(queues);
        try {
            List<@Nullable Object> both = Objects.requireNonNull(redis.transaction(
                    List.of(List.of("HGETALL", keys.ledger()), SCRIPT.inFull(touched, List.of(group, 0)))));
            return of(Replies.map(both.getFirst()), Replies.list(both.getLast()));
        } catch (RedisRefused e) {
            if (!e.code().equals("OOM")) {
                throw e;
            }
            // Redis refuses transactions when its memory is full.
            List<?> reply = Replies.list(SCRIPT.call(redis, touched, List.of(group, 1)));
            return of(Replies.map(reply.getFirst()), reply);
        }
    }

    private static LedgerReading of(Map<String, byte[]> ledger, List<?> reply) {
        long parts = Replies.number(reply.get(1)) + Replies.number(reply.get(2)) + Replies.number(reply.get(3));
        return new LedgerReading(counts(ledger), parts - Replies.number(reply.get(5)), Replies.number(reply.get(4)),
                Replies.number(reply.get(6)));
    }

    /** The counts: camera → kind (captured, done, dead, lost, shed.REASON) → frames. */
    public static Map<String, Map<String, Long>> counts(RedisConnection redis, Keys keys) {
        return counts(Replies.map(redis.call("HGETALL", keys.ledger())));
    }

    private static Map<String, Map<String, Long>> counts(Map<String, byte[]> ledger) {
        Map<String, Map<String, Long>> counts = new TreeMap<>();
        ledger.forEach((field, value) -> {
            int colon = field.indexOf(':');
            if (colon > 0 && !field.startsWith(CURSOR)) {
                counts.computeIfAbsent(field.substring(colon + 1), camera -> new LinkedHashMap<>())
                        .put(field.substring(0, colon), number(value));
            }
        });
        return counts;
    }

    /** A corrupt value counts as 0; the ledger then does not balance. */
    private static long number(byte[] text) {
        try {
            return Long.parseLong(new String(text, StandardCharsets.US_ASCII));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
