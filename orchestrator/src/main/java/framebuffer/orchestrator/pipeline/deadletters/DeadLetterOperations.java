package framebuffer.orchestrator.pipeline.deadletters;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.FanOut;
import framebuffer.redis.cluster.InPartition;
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
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lists, shows, requeues and deletes dead letters. For any thread; each call opens its own connections.
 *
 * <p>
 * All methods throw {@link RedisUnavailable} when Redis is away, and {@link RedisRefused} when it refuses.
 */
public final class DeadLetterOperations {
    /** Most dead letters of a partition that one call requeues, or searches for dead letters to requeue. */
    public static final int AT_ONCE = 10_000;

    private final List<InPartition<DeadLetterStore>> stores;

    /**
     * Result of a requeue.
     *
     * @param missing ids in the request that are no dead letters, or no longer
     * @param next the next call continues behind this dead letter; null: all are done
     * @param upTo the last dead letter of the range when the requeue began; null: the range was empty
     */
    public record RequeueResult(long requeued, List<EntryId> missing, @Nullable EntryId next, @Nullable EntryId upTo) {
        public RequeueResult {
            missing = List.copyOf(missing);
        }
    }

    /**
     * Selects dead letters to requeue.
     *
     * @param reason null: any reason
     * @param after only dead letters behind this one; null: from the oldest
     * @param upTo no dead letter behind this one; null: the newest at this moment
     */
    public record RequeueRange(@Nullable DeadLetterReason reason, @Nullable EntryId after, @Nullable EntryId upTo) {
    }

    public DeadLetterOperations(List<Partition> partitions) {
        this.stores = partitions.stream().map(one -> new InPartition<>(one, new DeadLetterStore(one.keys()))).toList();
    }

    /**
     * Dead letters, the newest first.
     *
     * @param after only dead letters older than this one; null: begin with the newest
     * @param most how many at most; more when dead letters of several partitions share the last id
     */
    public List<StoredDeadLetter> list(@Nullable DeadLetterReason reason, @Nullable EntryId after, int most) {
        List<StoredDeadLetter> found = FanOut
                .all(stores, one -> one.ask((redis, store) -> list(redis, store,
                        new DeadLetterQuery(ListOrder.NEWEST_FIRST, after, null, reason, most))))
                .stream().flatMap(List::stream).sorted(Comparator.comparing(StoredDeadLetter::id).reversed()).toList();
        int end = Math.min(most, found.size());
        while (end > 0 && end < found.size() && found.get(end).id().equals(found.get(end - 1).id())) {
            end++;
        }
        return found.subList(0, end);
    }

    private static List<StoredDeadLetter> list(RedisConnection redis, DeadLetterStore store, DeadLetterQuery first) {
        List<StoredDeadLetter> found = new ArrayList<>();
        DeadLetterQuery query = first;
        while (true) {
            DeadLetterPage page = store.list(redis, query);
            found.addAll(page.letters());
            if (page.next() == null || found.size() >= first.most()) {
                return found.subList(0, Math.min(first.most(), found.size()));
            }
            query = query.after(page.next());
        }
    }

    /** One dead letter with all its fields. */
    public Optional<FullDeadLetter> show(EntryId id) {
        return FanOut.first(stores, one -> one.ask((redis, store) -> store.show(redis, id)));
    }

    /** Deletes a dead letter; false when there is none of this id. */
    public boolean delete(EntryId id) {
        return stores.stream().anyMatch(one -> one.ask((redis, store) -> store.delete(redis, id)));
    }

    /** Requeues these dead letters. */
    public RequeueResult requeue(List<EntryId> ids) {
        Set<EntryId> wanted = new LinkedHashSet<>(ids);
        List<Set<EntryId>> each = FanOut.all(stores,
                one -> one.ask((redis, store) -> requeue(redis, store, List.copyOf(wanted))));
        each.forEach(wanted::removeAll);
        return new RequeueResult(each.stream().mapToLong(Set::size).sum(), List.copyOf(wanted), null, null);
    }

    private static Set<EntryId> requeue(RedisConnection redis, DeadLetterStore store, List<EntryId> ids) {
        Set<EntryId> requeued = new LinkedHashSet<>();
        for (int i = 0; i < ids.size(); i += DeadLetterStore.STEP) {
            requeued.addAll(store.requeue(redis,
                    store.find(redis, ids.subList(i, Math.min(ids.size(), i + DeadLetterStore.STEP)))));
        }
        return requeued;
    }

    /**
     * Requeues the dead letters of a range, the oldest first; {@link #AT_ONCE} of each partition in one call. Frames that become dead
     * letters again meanwhile are not requeued again.
     */
    public RequeueResult requeue(RequeueRange range) {
        List<RequeueResult> each = FanOut.all(stores, one -> one.ask((redis, store) -> requeue(redis, store, range)));
        return new RequeueResult(each.stream().mapToLong(RequeueResult::requeued).sum(), List.of(),
                each.stream().map(RequeueResult::next).filter(Objects::nonNull).min(Comparator.naturalOrder())
                        .orElse(null),
                each.stream().map(RequeueResult::upTo).filter(Objects::nonNull).max(Comparator.naturalOrder())
                        .orElse(null));
    }

    private static RequeueResult requeue(RedisConnection redis, DeadLetterStore store, RequeueRange range) {
        EntryId upTo = range.upTo() == null ? store.newest(redis).orElse(null) : range.upTo();
        if (upTo == null) {
            return new RequeueResult(0, List.of(), null, null);
        }
        DeadLetterQuery query = new DeadLetterQuery(ListOrder.OLDEST_FIRST, range.after(), upTo, range.reason(),
                DeadLetterStore.STEP);
        long requeued = 0;
        for (int searched = 0; searched < AT_ONCE; searched += DeadLetterStore.STEP) {
            DeadLetterPage page = store.list(redis, query);
            requeued += store.requeue(redis, page.letters()).size();
            if (page.next() == null) {
                return new RequeueResult(requeued, List.of(), null, upTo);
            }
            query = query.after(page.next());
        }
        return new RequeueResult(requeued, List.of(), query.after(), upTo);
    }
}
