package framebuffer.redis;

import framebuffer.wire.EntryId;
import framebuffer.wire.text.Fields;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads replies of Redis. An unexpected type of reply is a programming error and throws. */
public final class Replies {
    private Replies() {
    }

    /** A simple or bulk string. */
    public static String text(@Nullable Object reply) {
        return reply instanceof byte[] bytes
                ? new String(bytes, StandardCharsets.UTF_8)
                : (String) Objects.requireNonNull(reply);
    }

    /** An integer. */
    public static long number(@Nullable Object reply) {
        return (Long) Objects.requireNonNull(reply);
    }

    /** A time, as in a reply to TIME. */
    public static Instant time(@Nullable Object reply) {
        List<?> time = list(reply);
        return Instant.ofEpochSecond(Long.parseLong(text(time.get(0))), Long.parseLong(text(time.get(1))) * 1_000);
    }

    /** An array; null counts as an empty array. */
    public static List<?> list(@Nullable Object reply) {
        return reply == null ? List.of() : (List<?>) reply;
    }

    /** Alternating fields and values, as in a reply to HGETALL. */
    public static Map<String, byte[]> map(@Nullable Object reply) {
        List<?> flat = list(reply);
        Map<String, byte[]> map = LinkedHashMap.newLinkedHashMap(flat.size() / 2);
        for (int i = 0; i < flat.size(); i += 2) {
            map.put(text(flat.get(i)), (byte[]) flat.get(i + 1));
        }
        return map;
    }

    /** Entries, as in a reply to XRANGE. */
    public static List<StreamEntry> entries(@Nullable Object reply) {
        List<?> list = list(reply);
        List<StreamEntry> entries = new ArrayList<>(list.size());
        for (Object one : list) {
            List<?> entry = list(one);
            entries.add(new StreamEntry(EntryId.parse((byte[]) Objects.requireNonNull(entry.get(0))),
                    fields(entry.get(1))));
        }
        return entries;
    }

    private static @Nullable Fields fields(@Nullable Object flat) {
        if (flat == null) {
            return null;
        }
        return Fields.ofParts(list(flat));
    }
}
