package framebuffer.migration.steps;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a stream shows of a service that reads it in a consumer group.
 *
 * @param pending frames that it has read and not acknowledged
 * @param unread frames that it has not read
 * @param added frames that were ever added to the stream
 * @param silent how long it has not asked for frames; empty: it has never asked
 */
public record OlderService(long pending, long unread, long added, Optional<Duration> silent) {
    /** A service that has not asked for frames for so long does not read any more: it asks several times a second. */
    private static final Duration GONE = Duration.ofSeconds(3);

    private static final Script INSPECT = Script.reading("ids.lua", "/framebuffer/migration/streams.lua",
            "/framebuffer/migration/inspect_group.lua");

    /** Reads what the stream shows; empty: it has no such group. */
    public static Optional<OlderService> read(RedisConnection redis, String stream, String group) {
        List<?> reply = Replies.list(INSPECT.call(redis, List.of(stream), List.of(group)));
        if (reply.isEmpty()) {
            return Optional.empty();
        }
        long silent = Replies.number(reply.get(2));
        return Optional.of(new OlderService(Replies.number(reply.get(0)), Replies.number(reply.get(1)),
                Replies.number(reply.get(3)), silent < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(silent))));
    }

    /**
     * Whether it has left this stream for another one. Redis names a reader only once it has got a frame, so a reader of an empty stream
     * cannot be seen: then it counts that nobody has asked for frames here for a while.
     *
     * @param other what the other stream shows
     */
    boolean hasLeftFor(Optional<OlderService> other) {
        return other.isPresent() && silent.map(here -> here.compareTo(GONE) >= 0
                || other.get().silent.filter(there -> there.compareTo(here) < 0).isPresent()).orElse(true);
    }
}
