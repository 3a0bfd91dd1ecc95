package framebuffer.orchestrator.pipeline.deadletters;

import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.FanOut;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.queues.DeadLetterStore.FullDeadLetter;
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
 * Where dead letters are looked at, handed off again and removed. From any thread; each call has connections of its own.
 *
 * <p>
 * All methods throw {@link RedisUnavailable} when Redis is away, and {@link RedisRefused} when it refuses.
 */
public final class DeadLetterOperations {
    /** Most letters that one call hands off again, or looks through for them. */
    public static final int AT_ONCE = 10_000;

    private final List<PartitionDeadLetters> all;

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
    public record RequeueResult(long requeued, List<EntryId> missing, @Nullable EntryId next, @Nullable EntryId upTo) {
        public RequeueResult {
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
    public record RequeueRange(@Nullable DeadLetterReason reason, @Nullable EntryId after, @Nullable EntryId upTo) {
    }

    public DeadLetterOperations(List<Partition> partitions) {
        this.all = partitions.stream().map(PartitionDeadLetters::new).toList();
    }

    /**
     * Some of them, the newest first.
     *
     * @param after
     *            only those given up on before this one; null: begin with the newest
     * @param most
     *            how many at most; more when those of several partitions at the end have the same id
     */
    public List<StoredDeadLetter> list(@Nullable DeadLetterReason reason, @Nullable EntryId after, int most) {
        List<StoredDeadLetter> found = new ArrayList<>();
        FanOut.ask(all, one -> one.list(reason, after, most)).forEach(found::addAll);
        if (all.size() == 1) {
            return found;
        }
        found.sort(Comparator.comparing(StoredDeadLetter::id).reversed());
        int end = Math.min(most, found.size());
        while (end > 0 && end < found.size() && found.get(end).id().equals(found.get(end - 1).id())) {
            end++;
        }
        return List.copyOf(found.subList(0, end));
    }

    /** One of them, whole. */
    public Optional<FullDeadLetter> show(EntryId id) {
        return FanOut.ask(all, one -> one.show(id)).stream().flatMap(Optional::stream).findFirst();
    }

    /** It goes for good; false when it is not there. */
    public boolean delete(EntryId id) {
        return all.stream().anyMatch(one -> one.delete(id));
    }

    /** These are handed off again. */
    public RequeueResult requeue(List<EntryId> ids) {
        List<RequeueResult> each = FanOut.ask(all, one -> one.requeue(ids));
        Set<EntryId> missing = new LinkedHashSet<>(ids);
        each.forEach(done -> missing.retainAll(Set.copyOf(done.missing())));
        return new RequeueResult(each.stream().mapToLong(RequeueResult::requeued).sum(), List.copyOf(missing), null,
                null);
    }

    /**
     * Those within the range are handed off again, the oldest first; {@link #AT_ONCE} of each partition in one call. What dies again
     * meanwhile stays.
     */
    public RequeueResult requeue(RequeueRange range) {
        List<RequeueResult> each = FanOut.ask(all, one -> one.requeue(range));
        return new RequeueResult(each.stream().mapToLong(RequeueResult::requeued).sum(), List.of(),
                each.stream().map(RequeueResult::next).filter(Objects::nonNull).min(Comparator.naturalOrder())
                        .orElse(null),
                each.stream().map(RequeueResult::upTo).filter(Objects::nonNull).max(Comparator.naturalOrder())
                        .orElse(null));
    }
}
