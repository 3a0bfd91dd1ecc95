package framebuffer.streams;

import framebuffer.wire.Keys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads the ledger, and in the same instant what is really under way. */
public final class LedgerReader {
    private static final Script SCRIPT = Script.reading("ledger_read.lua");

    private LedgerReader() {
    }

    /**
     * What the ledger says.
     *
     * @param counts
     *            camera → what (captured, done, dead, lost, shed.REASON) → frames
     * @param underWay
     *            frames that are really there: pending in the capture stream, in work queues, returned
     * @param uncounted
     *            frames delivered from the capture stream and not counted as captured yet
     */
    public record Reading(Map<String, Map<String, Long>> counts, long underWay, long uncounted) {
        /** One that found nothing uncounted. */
        public Reading(Map<String, Map<String, Long>> counts, long underWay) {
            this(counts, underWay, 0);
        }
    }

    /**
     * Reads it.
     *
     * @param group
     *            of the capture stream
     * @param queues
     *            the keys of all work queues that may hold frames
     */
    public static Reading read(RedisConnection redis, Keys keys, String group, List<String> queues) {
        List<Object> touched = new ArrayList<>(List.of(keys.ledger(), keys.capture(), keys.returned()));
        touched.addAll(queues);
        List<?> reply = Replies.list(SCRIPT.call(redis, touched, List.of(group)));
        Map<String, Map<String, Long>> counts = new TreeMap<>();
        long extraParts = 0;
        for (Map.Entry<String, byte[]> field : Replies.map(reply.getFirst()).entrySet()) {
            int colon = field.getKey().indexOf(':');
            String what = colon < 0 ? field.getKey() : field.getKey().substring(0, colon);
            if (what.equals("cursor") || what.equals("trimmed")) {
                continue;
            }
            long number = number(new String(field.getValue(), StandardCharsets.US_ASCII));
            if (what.equals("extra_parts")) {
                extraParts = number;
            } else {
                counts.computeIfAbsent(field.getKey().substring(colon + 1), camera -> new LinkedHashMap<>()).put(what,
                        number);
            }
        }
        long parts = Replies.number(reply.get(1)) + Replies.number(reply.get(2)) + Replies.number(reply.get(3));
        return new Reading(counts, parts - extraParts, Replies.number(reply.get(4)));
    }

    /** How many frames are done, of all cameras. The cost grows with the number of cameras. */
    public static long done(RedisConnection redis, Keys keys) {
        return Replies.map(redis.call("HGETALL", keys.ledger())).entrySet().stream()
                .filter(field -> field.getKey().startsWith("done:"))
                .mapToLong(field -> number(new String(field.getValue(), StandardCharsets.US_ASCII))).sum();
    }

    /** What somebody else has written there counts nothing; that the ledger does not balance then shows it. */
    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
