package framebuffer.orchestrator.letters;

import framebuffer.streams.RedisAddress;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisRefused;
import framebuffer.streams.RedisUnavailable;
import framebuffer.streams.letters.DeadLetters;
import framebuffer.streams.letters.DeadLetters.Order;
import framebuffer.streams.letters.DeadLetters.Page;
import framebuffer.streams.letters.DeadLetters.Query;
import framebuffer.streams.letters.KeptLetter;
import framebuffer.streams.letters.WholeLetter;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.frame.DeadLetter.Reason;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where dead letters are looked at, handed off again and removed. From any thread; each call has a connection of its own.
 *
 * <p>
 * All methods throw {@link RedisUnavailable} when Redis is away, and {@link RedisRefused} when it refuses.
 */
public final class LetterDesk {
    /** Most letters that one call hands off again, or looks through for them. */
    public static final int AT_ONCE = 10_000;

    private final RedisAddress redis;
    private final DeadLetters letters;

    /**
     * What came of handing letters off again.
     *
     * @param missing
     *            those named that are no dead letters (any more)
     * @param next
     *            go on behind this one; null: that was all
     * @param upTo
     *            the last to be handed off again of those that were there at the beginning; null: there was none
     */
    public record Requeued(long requeued, List<EntryId> missing, @Nullable EntryId next, @Nullable EntryId upTo) {
        public Requeued {
            missing = List.copyOf(missing);
        }
    }

    /**
     * Which letters are to be handed off again.
     *
     * @param reason
     *            null: whatever the reason
     * @param after
     *            only those behind this one; null: all
     * @param upTo
     *            none behind this one; null: all that are there now
     */
    public record Range(@Nullable Reason reason, @Nullable EntryId after, @Nullable EntryId upTo) {
    }

    public LetterDesk(RedisAddress redis, Keys keys) {
        this.redis = redis;
        this.letters = new DeadLetters(keys);
    }

    /**
     * Some of them, the newest first.
     *
     * @param after
     *            only those given up on before this one; null: begin with the newest
     * @param most
     *            how many at most
     */
    public List<KeptLetter> list(@Nullable Reason reason, @Nullable EntryId after, int most) {
        try (RedisConnection connection = RedisConnection.open(redis)) {
            List<KeptLetter> found = new ArrayList<>();
            Query query = new Query(Order.NEWEST_FIRST, after, null, reason, most);
            while (true) {
                Page page = letters.list(connection, query);
                found.addAll(page.letters());
                if (page.next() == null || found.size() >= most) {
                    return List.copyOf(found.subList(0, Math.min(most, found.size())));
                }
                query = query.after(page.next());
            }
        }
    }

    /** One of them, whole. */
    public Optional<WholeLetter> show(EntryId id) {
        try (RedisConnection connection = RedisConnection.open(redis)) {
            return letters.show(connection, id);
        }
    }

    /** It goes for good; false when it is not there. */
    public boolean delete(EntryId id) {
        try (RedisConnection connection = RedisConnection.open(redis)) {
            return letters.delete(connection, id);
        }
    }

    /** These are handed off again. */
    public Requeued requeue(List<EntryId> ids) {
        try (RedisConnection connection = RedisConnection.open(redis)) {
            Set<EntryId> missing = new LinkedHashSet<>(ids);
            List<EntryId> wanted = List.copyOf(missing);
            long requeued = 0;
            for (int i = 0; i < wanted.size(); i += DeadLetters.STEP) {
                List<KeptLetter> found = letters.find(connection,
                        wanted.subList(i, Math.min(wanted.size(), i + DeadLetters.STEP)));
                List<EntryId> done = letters.requeue(connection, found);
                requeued += done.size();
                done.forEach(missing::remove);
            }
            return new Requeued(requeued, List.copyOf(missing), null, null);
        }
    }

    /** Those within the range are handed off again, the oldest first; {@link #AT_ONCE} in one call. What dies again meanwhile stays. */
    public Requeued requeue(Range range) {
        try (RedisConnection connection = RedisConnection.open(redis)) {
            EntryId upTo = range.upTo() == null ? letters.newest(connection).orElse(null) : range.upTo();
            if (upTo == null) {
                return new Requeued(0, List.of(), null, null);
            }
            Query query = new Query(Order.OLDEST_FIRST, range.after(), upTo, range.reason(), DeadLetters.STEP);
            long requeued = 0;
            for (int looked = 0; looked < AT_ONCE; looked += DeadLetters.STEP) {
                Page page = letters.list(connection, query);
                requeued += letters.requeue(connection, page.letters()).size();
                if (page.next() == null) {
                    return new Requeued(requeued, List.of(), null, upTo);
                }
                query = query.after(page.next());
            }
            return new Requeued(requeued, List.of(), query.after(), upTo);
        }
    }
}
