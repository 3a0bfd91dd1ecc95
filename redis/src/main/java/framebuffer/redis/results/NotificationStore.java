package framebuffer.redis.results;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.wire.Keys;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/** When each rule for notifications matched last, and when it last notified; in the first partition. */
public final class NotificationStore {
    private static final String SENT = "sent:";
    private static final String MATCHED = "matched:";

    private NotificationStore() {
    }

    /** Records that a rule has notified. */
    public static void sent(RedisConnection redis, Keys first, String rule, Instant at) {
        redis.call("HSET", first.notifications(), SENT + rule, at.toEpochMilli());
    }

    /** Records that a rule has matched a result. */
    public static void matched(RedisConnection redis, Keys first, String rule, Instant at) {
        redis.call("HSET", first.notifications(), MATCHED + rule, at.toEpochMilli());
    }

    /** When the rule notified last; empty: never. */
    public static Optional<Instant> lastSent(RedisConnection redis, Keys first, String rule) {
        return time(redis, first, SENT + rule);
    }

    /** When the rule matched last, to the minute; empty: never. */
    public static Optional<Instant> lastMatched(RedisConnection redis, Keys first, String rule) {
        return time(redis, first, MATCHED + rule);
    }

    private static Optional<Instant> time(RedisConnection redis, Keys first, String field) {
        Object stored = redis.call("HGET", first.notifications(), field);
        return stored instanceof byte[] bytes && new String(bytes, StandardCharsets.US_ASCII).matches("\\d{1,15}")
                ? Optional.of(Instant.ofEpochMilli(Long.parseLong(Replies.text(bytes))))
                : Optional.empty();
    }
}
