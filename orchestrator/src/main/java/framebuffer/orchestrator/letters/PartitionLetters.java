package framebuffer.orchestrator.letters;

import framebuffer.orchestrator.letters.LetterDesk.Range;
import framebuffer.orchestrator.letters.LetterDesk.Requeued;
import framebuffer.streams.RedisAddress;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.letters.DeadLetters;
import framebuffer.streams.letters.DeadLetters.Order;
import framebuffer.streams.letters.DeadLetters.Page;
import framebuffer.streams.letters.DeadLetters.Query;
import framebuffer.streams.letters.KeptLetter;
import framebuffer.streams.letters.WholeLetter;
import framebuffer.streams.partition.Partition;
import framebuffer.wire.EntryId;
import framebuffer.wire.frame.DeadLetter.Reason;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@link LetterDesk} of one partition. */
final class PartitionLetters {
    private final RedisAddress redis;
    private final DeadLetters letters;

    PartitionLetters(Partition partition) {
        this.redis = partition.redis();
        this.letters = new DeadLetters(partition.keys());
    }

    /**
     * Some of them, the newest first.
     *
     * @param after
     *            only those given up on before this one; null: begin with the newest
     * @param most
     *            how many at most
     */
    List<KeptLetter> list(@Nullable Reason reason, @Nullable EntryId after, int most) {
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
    Optional<WholeLetter> show(EntryId id) {
        try (RedisConnection connection = RedisConnection.open(redis)) {
            return letters.show(connection, id);
        }
    }

    /** It goes for good; false when it is not there. */
    boolean delete(EntryId id) {
        try (RedisConnection connection = RedisConnection.open(redis)) {
            return letters.delete(connection, id);
        }
    }

    /** These are handed off again. */
    Requeued requeue(List<EntryId> ids) {
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

    /** Those within the range are handed off again, the oldest first; {@link LetterDesk#AT_ONCE} in one call. What dies again meanwhile stays. */
    Requeued requeue(Range range) {
        try (RedisConnection connection = RedisConnection.open(redis)) {
            EntryId upTo = range.upTo() == null ? letters.newest(connection).orElse(null) : range.upTo();
            if (upTo == null) {
                return new Requeued(0, List.of(), null, null);
            }
            Query query = new Query(Order.OLDEST_FIRST, range.after(), upTo, range.reason(), DeadLetters.STEP);
            long requeued = 0;
            for (int looked = 0; looked < LetterDesk.AT_ONCE; looked += DeadLetters.STEP) {
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
