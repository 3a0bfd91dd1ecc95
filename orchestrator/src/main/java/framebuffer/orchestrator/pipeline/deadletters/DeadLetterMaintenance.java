package framebuffer.orchestrator.pipeline.deadletters;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.Replies;
import framebuffer.redis.cluster.ServiceClock;
import framebuffer.redis.pixels.PixelLocation;
import framebuffer.redis.pixels.PixelTtlWriter;
import framebuffer.redis.queues.DeadLetterStore;
import framebuffer.redis.queues.DeadLetterStore.CleanupResult;
import framebuffer.redis.queues.DeadLetterStore.DeadLetterPage;
import framebuffer.redis.queues.DeadLetterStore.DeadLetterQuery;
import framebuffer.redis.queues.DeadLetterStore.ListOrder;
import framebuffer.redis.queues.DeadLetterStore.StoredDeadLetter;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Registration;
import framebuffer.wire.frame.DeadLetter.DeadLetterReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maintains the dead letters: removes those beyond the limits, keeps the pixels of the others readable, and requeues those with the reason
 * no_processor once a processor offers their capability.
 *
 * <p>
 * All instances run it; each change to a dead letter happens once.
 */
public final class DeadLetterMaintenance implements RedisLoop.Work {
    private static final Logger log = LoggerFactory.getLogger(DeadLetterMaintenance.class);
    private static final Duration REST = Duration.ofMillis(250);
    /** Tidying is not urgent: it runs every fourth time. */
    private static final int TIDY_EVERY = 4;

    private final DeadLetterRetention settings;
    private final ServiceClock clock;
    private final Supplier<OfferedCapabilities> offered;
    private final DeadLetterStore store;
    private final PixelTtlWriter pixels;
    private int turns;
    private String tidied = CleanupResult.START;
    private EntryId followedUpTo = EntryId.FIRST;
    private Set<String> offeredBefore = Set.of();
    private boolean grown;
    /** The next dead letters with the reason no_processor to search; null: none. */
    private @Nullable DeadLetterQuery search;
    private boolean busy;

    /**
     * Limits of the dead letters.
     *
     * @param most dead letters that are kept
     * @param retention how long each is kept
     */
    public record DeadLetterRetention(Keys keys, int most, Duration retention) {
    }

    DeadLetterMaintenance(DeadLetterRetention settings, PixelTtlWriter pixels, Supplier<OfferedCapabilities> offered,
            ServiceClock clock) {
        this.clock = clock;
        this.pixels = pixels;
        this.settings = settings;
        this.offered = offered;
        this.store = new DeadLetterStore(settings.keys());
    }

    /**
     * Maintains the dead letters of one partition.
     *
     * @param pixels extends the time to live of their pixels
     * @param available the processors that may be sent frames
     * @param known whether the registry has been read
     */
    public static DeadLetterMaintenance of(DeadLetterRetention settings, PixelTtlWriter pixels,
            Supplier<List<Registration>> available, Supplier<Boolean> known, ServiceClock clock) {
        return new DeadLetterMaintenance(settings, pixels, () -> {
            // In this order: the registry may be read in between, and the list would still be the empty one.
            boolean sure = known.get();
            return OfferedCapabilities.by(available.get(), sure);
        }, clock);
    }

    @Override
    public void connected(RedisConnection redis) {
        followedUpTo = EntryId.FIRST;
        offeredBefore = Set.of();
        search = null;
    }

    @Override
    public Duration rest() {
        return busy ? Duration.ZERO : REST;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        busy = false;
        if (turns++ % TIDY_EVERY == 0) {
            CleanupResult done = store.tidy(redis, settings.most(),
                    clock.cutoff(settings.retention()).orElse(Instant.EPOCH), tidied);
            tidied = done.next();
            if (done.removed() > 0) {
                turns = 0;
                busy = true;
            }
        }
        OfferedCapabilities there = offered.get();
        follow(redis, there);
        if (there.known()) {
            notice(there);
            search(redis, there);
        }
    }

    /** Extends the pixels of new dead letters, and requeues those whose processor has come meanwhile. */
    private void follow(RedisConnection redis, OfferedCapabilities there) {
        DeadLetterPage page = store.list(redis,
                new DeadLetterQuery(ListOrder.OLDEST_FIRST, followedUpTo, null, null, DeadLetterStore.STEP));
        if (!page.letters().isEmpty()) {
            Instant now = Replies.time(redis.call("TIME"));
            for (StoredDeadLetter one : page.letters()) {
                Duration left = settings.retention().minus(Duration.between(one.id().time(), now));
                byte[] key = PixelLocation.key(one.letter().frame(), settings.keys());
                if (key != null && left.isPositive()) {
                    pixels.extend(key, left);
                }
            }
            requeue(redis, there, page.letters());
            followedUpTo = page.letters().getLast().id();
        }
        if (page.next() != null) {
            followedUpTo = page.next();
            busy = true;
        }
    }

    private void notice(OfferedCapabilities there) {
        grown |= !offeredBefore.containsAll(there.capabilities());
        offeredBefore = there.capabilities();
        if (grown && search == null) {
            grown = false;
            search = new DeadLetterQuery(ListOrder.OLDEST_FIRST, null, null, DeadLetterReason.NO_PROCESSOR,
                    DeadLetterStore.STEP);
        }
    }

    private void search(RedisConnection redis, OfferedCapabilities there) {
        if (search != null) {
            DeadLetterPage page = store.list(redis, search);
            requeue(redis, there, page.letters());
            search = page.next() == null ? null : search.after(page.next());
            busy = true;
        }
    }

    private void requeue(RedisConnection redis, OfferedCapabilities there, List<StoredDeadLetter> some) {
        List<StoredDeadLetter> wanted = some.stream().filter(one -> there.known()
                && one.letter().reason() == DeadLetterReason.NO_PROCESSOR
                && there.answers(one.letter().needs(settings.keys().capture()))).toList();
        int requeued = store.requeue(redis, wanted).size();
        if (requeued > 0) {
            log.info(
                    "{} dead letters with the reason no_processor are requeued: a processor offers their capability now",
                    requeued);
        }
    }
}
