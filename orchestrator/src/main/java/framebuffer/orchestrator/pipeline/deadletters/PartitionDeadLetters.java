package framebuffer.orchestrator.pipeline.deadletters;

import framebuffer.orchestrator.pipeline.deadletters.DeadLetterOperations.RequeueRange;
import framebuffer.orchestrator.pipeline.deadletters.DeadLetterOperations.RequeueResult;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.queues.DeadLetterStore;
import framebuffer.redis.queues.DeadLetterStore.DeadLetterPage;
import framebuffer.redis.queues.DeadLetterStore.DeadLetterQuery;
import framebuffer.redis.queues.DeadLetterStore.FullDeadLetter;
import framebuffer.redis.queues.DeadLetterStore.ListOrder;
import framebuffer.redis.queues.DeadLetterStore.StoredDeadLetter;
import framebuffer.wire.EntryId;
import framebuffer.wire.frame.DeadLetter.DeadLetterReason;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@link DeadLetterOperations} of one partition. */
final class PartitionDeadLetters {
    private final RedisAddress redis;
    private final DeadLetterStore store;

    PartitionDeadLetters(Partition partition) {
        this.redis = partition.redis();
        this.store = new DeadLetterStore(partition.keys());
    }

    /**
     * Some of them, the newest first.
     *
     * @param after
     *            only those given up on before this one; null: begin with the newest
     * @param most
     *            how many at most
     */
    List<StoredDeadLetter> list(@Nullable DeadLetterReason reason, @Nullable EntryId after, int most) {
        try (RedisConnection connection = RedisConnection.open(redis)) {
            List<StoredDeadLetter> found = new ArrayList<>();
            DeadLetterQuery query = new DeadLetterQuery(ListOrder.NEWEST_FIRST, after, null, reason, most);
            while (true) {
                DeadLetterPage page = store.list(connection, query);
                found.addAll(page.letters());
                if (page.next() == null || found.size() >= most) {
                    return List.copyOf(found.subList(0, Math.min(most, found.size())));
                }
                query = query.after(page.next());
            }
        }
    }

    /** One of them, whole. */
    Optional<FullDeadLetter> show(EntryId id) {
        try (RedisConnection connection = RedisConnection.open(redis)) {
            return store.show(connection, id);
        }
    }

    /** It goes for good; false when it is not there. */
    boolean delete(EntryId id) {
        try (RedisConnection connection = RedisConnection.open(redis)) {
            return store.delete(connection, id);
        }
    }

    /** These are handed off again. */
    RequeueResult requeue(List<EntryId> ids) {
        try (RedisConnection connection = RedisConnection.open(redis)) {
            Set<EntryId> missing = new LinkedHashSet<>(ids);
            List<EntryId> wanted = List.copyOf(missing);
            long requeued = 0;
            for (int i = 0; i < wanted.size(); i += DeadLetterStore.STEP) {
                List<StoredDeadLetter> found = store.find(connection,
                        wanted.subList(i, Math.min(wanted.size(), i + DeadLetterStore.STEP)));
                List<EntryId> done = store.requeue(connection, found);
                requeued += done.size();
                done.forEach(missing::remove);
            }
            return new RequeueResult(requeued, List.copyOf(missing), null, null);
        }
    }

    /** Those within the range are handed off again, the oldest first; {@link DeadLetterOperations#AT_ONCE} in one call. What dies again meanwhile stays. */
    RequeueResult requeue(RequeueRange range) {
        try (RedisConnection connection = RedisConnection.open(redis)) {
            EntryId upTo = range.upTo() == null ? store.newest(connection).orElse(null) : range.upTo();
            if (upTo == null) {
                return new RequeueResult(0, List.of(), null, null);
            }
            DeadLetterQuery query = new DeadLetterQuery(ListOrder.OLDEST_FIRST, range.after(), upTo, range.reason(),
                    DeadLetterStore.STEP);
            long requeued = 0;
            for (int looked = 0; looked < DeadLetterOperations.AT_ONCE; looked += DeadLetterStore.STEP) {
                DeadLetterPage page = store.list(connection, query);
                requeued += store.requeue(connection, page.letters()).size();
                if (page.next() == null) {
                    return new RequeueResult(requeued, List.of(), null, upTo);
                }
                query = query.after(page.next());
            }
            return new RequeueResult(requeued, List.of(), query.after(), upTo);
        }
    }
}
