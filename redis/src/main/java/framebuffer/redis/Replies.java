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

/**
 * Reads replies of Redis. A reply of another type than the command has means that the connection is out of step, or that what answers is no
 * Redis: {@link RedisUnavailable}, so that the connection is opened anew.
 */
public final class Replies {
    private Replies() {
    }

    private static RedisUnavailable unexpected(String wanted, @Nullable Object reply) {
        String got = switch (reply) {
            case null -> "nothing";
            case Long _ -> "a number";
            case List<?> _ -> "a list";
            default -> "text";
        };
        return new RedisUnavailable("Redis answered with " + got + " instead of " + wanted,
                new IllegalStateException("unexpected reply"));
    }

    /** A simple or bulk string. */
    public static String text(@Nullable Object reply) {
        return switch (reply) {
            case byte[] bytes -> new String(bytes, StandardCharsets.UTF_8);
            case String text -> text;
            case null, default -> throw unexpected("text", reply);
        };
    }

    /** An integer. */
    public static long number(@Nullable Object reply) {
        if (reply instanceof Long number) {
            return number;
        }
        throw unexpected("a number", reply);
    }

    /** A time, as in a reply to TIME. */
    public static Instant time(@Nullable Object reply) {
        List<?> time = list(reply);
        return Instant.ofEpochSecond(Long.parseLong(text(time.get(0))), Long.parseLong(text(time.get(1))) * 1_000);
    }

    /** An array; null counts as an empty array. */
    public static List<?> list(@Nullable Object reply) {
        return switch (reply) {
            case null -> List.of();
            case List<?> list -> list;
            default -> throw unexpected("a list", reply);
        };
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
