package framebuffer.redis.monitoring;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Records of the service, one for each minute of the last hours and one for each quarter of an hour before, by Redis's clock. One instance
 * writes them.
 */
public final class HistoryStore {
    /** How long there is a record for each minute. */
    public static final Duration FINE = Duration.ofHours(3);
    /** Time between two older records. */
    private static final Duration COARSE = Duration.ofMinutes(15);
    private static final int MINUTE = 60;
    /** An instance that has not asked for so long loses the right to write. */
    private static final Duration CLAIM = Duration.ofSeconds(20);

    private static final Script NOTE = Script.of("note_history.lua");

    private final Keys keys;
    private final String instance;
    private final Duration retention;
    private final Supplier<Optional<Instant>> clock;

    /**
     * The reply to a claim.
     *
     * @param isOurs whether this instance may write
     * @param now the time by Redis's clock
     * @param newest the newest record; empty: none, or another instance writes
     */
    public record HistoryClaim(boolean isOurs, Instant now, String newest) {
    }

    /**
     * @param retention how long records are kept
     * @param clock the time by which records are too old; empty: none is, because Redis's clock may be wrong. Then there are at most twice as
     *        many records as otherwise
     */
    public HistoryStore(Keys keys, String instance, Duration retention, Supplier<Optional<Instant>> clock) {
        this.keys = keys;
        this.instance = instance;
        this.retention = retention;
        this.clock = clock;
    }

    /** Claims the right to write. */
    public HistoryClaim claim(RedisConnection redis) {
        return note(redis, "");
    }

    /** Adds the record of this minute, unless there is one, or another instance has taken over. */
    public HistoryClaim note(RedisConnection redis, String record) {
        List<?> reply = Replies.list(NOTE.call(redis, List.of(keys.history()),
                List.of(instance, CLAIM.toMillis(), FINE.toMinutes(), retention.toMinutes(), record,
                        clock.get().<Object>map(now -> now.getEpochSecond() / MINUTE).orElse(""), most())));
        return new HistoryClaim(Replies.number(reply.get(0)) == 1,
                Instant.ofEpochMilli(Long.parseLong(Replies.text(reply.get(1)))), Replies.text(reply.get(2)));
    }

    private long most() {
        return 2 * (FINE.toMinutes() + retention.dividedBy(COARSE));
    }

    /** All records by the minute in which they were written. */
    public static SortedMap<Instant, byte[]> read(RedisConnection redis, Keys keys) {
        SortedMap<Instant, byte[]> records = new TreeMap<>();
        for (Map.Entry<String, byte[]> field : Replies.map(redis.call("HGETALL", keys.history())).entrySet()) {
            if (field.getKey().matches("\\d{1,12}")) {
                records.put(Instant.EPOCH.plus(Duration.ofMinutes(Long.parseLong(field.getKey()))), field.getValue());
            }
        }
        return records;
    }
}
