package framebuffer.redis.results;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How far each reader of results has come, and which instance publishes them. */
public final class ResultCursorStore {
    private static final Script TAKE = Script.of("take_publisher_lease.lua");
    private static final Script RELEASE = Script.of("release_publisher_lease.lua");
    private static final Script ADVANCE = Script.of("advance_result_cursor.lua");
    private static final Script INSPECT = Script.reading("inspect_results.lua");
    private static final Pattern FORM = Pattern.compile("(?<last>\\d{1,18}-\\d{1,18}) (?<passed>\\d{1,18})");

    private ResultCursorStore() {
    }

    /**
     * A place in the results of a partition.
     *
     * @param last the last result that the reader is done with
     * @param passed how many results were ever added up to it
     */
    public record ResultCursor(EntryId last, long passed) {
    }

    /**
     * The results of a partition.
     *
     * @param now time by Redis's clock
     * @param first the oldest that is kept; empty: none is
     * @param last the newest that was ever added
     * @param added how many were ever added
     * @param kept how many are kept
     */
    public record ResultStream(Instant now, Optional<EntryId> first, EntryId last, long added, long kept) {
    }

    /**
     * Takes or extends the lease of the publisher.
     *
     * @param first keys of the first partition
     * @return the fence of this holder, above those of earlier holders; 0: another instance holds the lease
     */
    public static long takeLease(RedisConnection redis, Keys first, String holder, Duration lease) {
        return Replies.number(TAKE.call(redis, List.of(first.publisherLease(), first.resultCursors()),
                List.of(holder, lease.toMillis())));
    }

    /** Ends the lease, if this holder has it. */
    public static void releaseLease(RedisConnection redis, Keys first, String holder) {
        RELEASE.call(redis, List.of(first.publisherLease()), List.of(holder));
    }

    /** The results of a partition at this moment. */
    public static ResultStream inspect(RedisConnection redis, Keys keys) {
        List<?> reply = Replies.list(INSPECT.call(redis, List.of(keys.results()), List.of()));
        Instant now = Replies.time(reply.get(0));
        if (reply.size() == 1) {
            return new ResultStream(now, Optional.empty(), EntryId.FIRST, 0, 0);
        }
        return new ResultStream(now,
                Optional.of(Replies.text(reply.get(1))).filter(id -> !id.isEmpty()).map(EntryId::parse),
                EntryId.parse(Replies.text(reply.get(2))), Replies.number(reply.get(3)), Replies.number(reply.get(4)));
    }

    /** The cursor of a reader; empty: it has none yet, or the stored one is invalid. */
    public static Optional<ResultCursor> read(RedisConnection redis, Keys keys, String reader) {
        Object stored = redis.call("HGET", keys.resultCursors(), field(reader));
        if (!(stored instanceof byte[] bytes)) {
            return Optional.empty();
        }
        Matcher parts = FORM.matcher(new String(bytes, StandardCharsets.US_ASCII));
        return parts.matches()
                ? Optional
                        .of(new ResultCursor(EntryId.parse(parts.group("last")), Long.parseLong(parts.group("passed"))))
                : Optional.empty();
    }

    /** Stores the cursor of a reader; returns false when a later publisher has written here. */
    public static boolean advance(RedisConnection redis, Keys keys, String reader, ResultCursor cursor, long fence) {
        return Replies.number(ADVANCE.call(redis, List.of(keys.resultCursors()),
                List.of(fence, field(reader), cursor.last() + " " + cursor.passed()))) == 1;
    }

    private static String field(String reader) {
        return "cursor:" + reader;
    }
}
