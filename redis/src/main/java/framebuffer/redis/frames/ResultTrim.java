package framebuffer.redis.frames;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Removes the oldest results of a partition, a bounded number in each step, and counts results. */
public final class ResultTrim {
    /** Most results that one step removes, apart from those of one block of the stream. */
    static final int STEP = 10_000;

    private static final Script COUNT = Script.reading("count_results.lua");

    private final Keys keys;

    /**
     * Numbers of results.
     *
     * @param kept results in the stream
     * @param removed results that were removed from it so far, also by other programs
     */
    public record ResultCounts(long kept, long removed) {
        public static final ResultCounts NONE = new ResultCounts(0, 0);

        /** The sum over two partitions. */
        public ResultCounts plus(ResultCounts other) {
            return new ResultCounts(kept + other.kept, removed + other.removed);
        }
    }

    public ResultTrim(Keys keys) {
        this.keys = keys;
    }

    /** Removes the oldest results beyond this number; true: there may be more to remove. */
    public boolean toNumber(RedisConnection redis, int most) {
        return trim(redis, "MAXLEN", Integer.toString(most));
    }

    /** Removes results that were written before this moment; true: there may be more to remove. */
    public boolean toAge(RedisConnection redis, Instant oldest) {
        return trim(redis, "MINID", new EntryId(Math.max(0, oldest.toEpochMilli()), 0).toString());
    }

    /** Whole blocks of the stream first, which is quick; then the rest of one block, entry by entry. */
    private boolean trim(RedisConnection redis, String by, String bound) {
        try {
            long removed = Replies.number(redis.call("XTRIM", keys.results(), by, "~", bound, "LIMIT", STEP));
            if (removed == 0) {
                redis.call("XTRIM", keys.results(), by, "=", bound);
            }
            return removed > 0;
        } catch (RedisRefused e) {
            if (e.code().equals("WRONGTYPE")) {
                // Somebody uses the key for something else: there are no results.
                return false;
            }
            throw e;
        }
    }

    /** Counts the results. */
    public ResultCounts count(RedisConnection redis) {
        List<Long> counts = new ArrayList<>();
        Replies.list(COUNT.call(redis, List.of(keys.results()), List.of())).forEach(
                one -> counts.add(Replies.number(one)));
        return new ResultCounts(counts.get(0), Math.max(0, counts.get(1) - counts.get(0)));
    }
}
