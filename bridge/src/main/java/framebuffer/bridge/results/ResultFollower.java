package framebuffer.bridge.results;

import framebuffer.redis.LastingFault;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.results.ResultCursorStore;
import framebuffer.redis.results.ResultCursorStore.ResultCursor;
import framebuffer.redis.results.ResultCursorStore.ResultStream;
import framebuffer.wire.EntryId;
import framebuffer.wire.frame.Result.ResultStatus;
import framebuffer.wire.frame.StoredResult;
import framebuffer.wire.text.Decoded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the results of one partition to one receiver, in order, each at least once, while this instance holds the lease. The cursor moves
 * when the receiver has settled a result, so another instance goes on where this one stops. A receiver without a cursor begins with the
 * next result.
 */
public final class ResultFollower implements RedisLoop.Work {
    private static final Logger log = LoggerFactory.getLogger(ResultFollower.class);
    private static final int BATCH = 100;
    private static final Duration WAIT = Duration.ofMillis(250);
    private static final Duration NOT_OURS = Duration.ofMillis(500);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final Partition partition;
    private final String reader;
    private final PublisherLease lease;
    private final ResultReceiver receiver;
    private final CatchUpPolicy catchUp;
    private final DeliveryCounts counts;
    private final LastingFault losses;
    private Duration rest = Duration.ZERO;
    private long fence;
    private @Nullable ResultCursor cursor;

    /**
     * The receiver of results.
     *
     * @param name its name in Redis, in the log and in metrics
     */
    public record NamedReceiver(String name, ResultReceiver receiver, DeliveryCounts counts) {
    }

    /** Follows one partition for one receiver. */
    public ResultFollower(Partition partition, NamedReceiver to, PublisherLease lease, CatchUpPolicy catchUp) {
        this.partition = partition;
        this.reader = to.name();
        this.receiver = to.receiver();
        this.counts = to.counts();
        this.lease = lease;
        this.catchUp = catchUp;
        this.losses = new LastingFault(log, "results for " + reader + " in " + partition, Duration.ofSeconds(10),
                System::nanoTime);
    }

    @Override
    public void connected(RedisConnection redis) {
        cursor = null;
    }

    @Override
    public Duration rest() {
        return rest;
    }

    @Override
    public void runOnce(RedisConnection redis) throws InterruptedException {
        long now = lease.fence();
        if (now == 0) {
            cursor = null;
            counts.lag(partition.number(), 0);
            rest = NOT_OURS;
            return;
        }
        ResultStream stream = ResultCursorStore.inspect(redis, partition.keys());
        ResultCursor from = cursor == null || now != fence ? begin(redis, stream) : cursor;
        fence = now;
        cursor = withoutMissed(from, stream);
        List<StreamEntry> entries = read(redis, cursor.last());
        if (entries.isEmpty()) {
            counts.lag(partition.number(), 0);
            losses.over("it follows the results again");
            rest = Duration.ZERO;
        } else {
            counts.lag(partition.number(), stream.now().toEpochMilli() - entries.getFirst().id().epochMillis());
            handle(redis, entries, stream);
        }
    }

    private ResultCursor begin(RedisConnection redis, ResultStream stream) {
        Optional<ResultCursor> stored = ResultCursorStore.read(redis, partition.keys(), reader);
        if (stored.isPresent() && stored.get().last().compareTo(stream.last()) > 0) {
            // Another Redis, or one that lost its data: all that it has is new.
            return new ResultCursor(EntryId.FIRST, stream.added() - stream.kept());
        }
        if (stored.isPresent()) {
            return stored.get();
        }
        ResultCursor newest = new ResultCursor(stream.last(), stream.added());
        advance(redis, newest);
        return newest;
    }

    /** The cursor behind the results that were trimmed and that nobody has read. */
    private ResultCursor withoutMissed(ResultCursor at, ResultStream stream) {
        long trimmed = stream.added() - stream.kept();
        boolean within = stream.first().map(first -> first.compareTo(at.last()) <= 0).orElse(false);
        if (within || trimmed <= at.passed()) {
            return at;
        }
        long missed = trimmed - at.passed();
        counts.miss(missed);
        losses.is("missed " + missed + " results, which were trimmed from the stream before they could be sent");
        return new ResultCursor(at.last(), trimmed);
    }

    private List<StreamEntry> read(RedisConnection redis, EntryId after) {
        List<?> reply = Replies.list(redis.callBlocking(WAIT, "XREAD", "COUNT", BATCH, "BLOCK", WAIT.toMillis(),
                "STREAMS", partition.keys().results(), after.toString()));
        return reply.isEmpty() ? List.of() : Replies.entries(Replies.list(reply.getFirst()).get(1));
    }

    private void handle(RedisConnection redis, List<StreamEntry> entries, ResultStream stream)
            throws InterruptedException {
        ResultCursor at = cursor;
        if (at == null) {
            return;
        }
        int skip = catchUp.skipped(entries.stream().map(StreamEntry::id).toList(),
                Math.max(entries.size(), stream.added() - at.passed()), stream.now());
        if (skip > 0) {
            counts.skip(skip);
            losses.is("skips results that are older than " + catchUp.age().toSeconds() + " s or more than "
                    + catchUp.most());
        }
        List<StoredResult> results = new ArrayList<>();
        entries.subList(skip, entries.size()).forEach(entry -> decoded(entry).ifPresent(results::add));
        int settled = results.isEmpty() ? 0 : receiver.deliver(List.copyOf(results));
        counts.settle(settled);
        int passed = settled == results.size()
                ? entries.size()
                : indexOf(entries, results.get(settled).id());
        if (passed > 0) {
            advance(redis, new ResultCursor(entries.get(passed - 1).id(), at.passed() + passed));
        }
        if (settled == results.size()) {
            rest = Duration.ZERO;
            if (skip == 0) {
                losses.over("it follows the results again");
            }
        } else {
            counts.fail();
            rest = rest.isZero() ? FIRST_PAUSE : min(rest.multipliedBy(2), LONGEST_PAUSE);
        }
    }

    private static int indexOf(List<StreamEntry> entries, EntryId id) {
        int at = 0;
        while (!entries.get(at).id().equals(id)) {
            at++;
        }
        return at;
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /** Only successes are delivered; an entry of another form is counted, and stops nothing. */
    private Optional<StoredResult> decoded(StreamEntry entry) {
        if (entry.fields() == null) {
            return Optional.empty();
        }
        return switch (StoredResult.decode(entry.id(), entry.fields())) {
            case Decoded.Valid<StoredResult>(StoredResult result) -> Optional.of(result)
                    .filter(one -> one.status() == ResultStatus.SUCCESS);
            case Decoded.Invalid<StoredResult> _ -> {
                counts.malform();
                yield Optional.empty();
            }
        };
    }

    private void advance(RedisConnection redis, ResultCursor to) {
        if (ResultCursorStore.advance(redis, partition.keys(), reader, to, lease.fence())) {
            cursor = to;
        } else {
            cursor = null;
            lease.lost();
        }
    }
}
