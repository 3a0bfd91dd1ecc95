package framebuffer.orchestrator.observability.journey;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.FanOut;
import framebuffer.redis.cluster.Partition;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says where a frame is, and what was done with it, whichever instance did that. From any thread; each call has connections of its own.
 *
 * <p>
 * Methods throw {@link RedisUnavailable} when Redis is away, and {@link RedisRefused} when it refuses.
 */
public final class JourneyFinder {
    /** Everything that is kept is looked through: few may do that at once. */
    private static final int AT_ONCE = 2;

    private final JourneySettings settings;
    private final List<JourneyPartition> sites;
    private final Semaphore turns = new Semaphore(AT_ONCE, true);

    /**
     * What is asked.
     *
     * @param group
     *            ours on the capture stream
     * @param retention
     *            for how long it is kept what was done with frames
     */
    public record JourneySettings(String group, Duration retention) {
    }

    /**
     * One partition.
     *
     * @param queues
     *            all whose queues may hold frames there
     */
    public record JourneyPartition(Partition partition, Supplier<Collection<Registration>> queues) {
    }

    /**
     * @param sites
     *            all partitions
     */
    public JourneyFinder(JourneySettings settings, List<JourneyPartition> sites) {
        this.settings = settings;
        this.sites = List.copyOf(sites);
    }

    /** For how long what was done with frames is kept. */
    public Duration retention() {
        return settings.retention();
    }

    /** All frames of this name, the oldest first; none when nothing is known of such a frame. */
    public List<Journey> find(String frameId) throws InterruptedException {
        turns.acquire();
        try {
            List<List<Journey>> each = FanOut.whereItAnswers(sites, site -> find(site, frameId));
            List<Journey> found = each.stream().flatMap(List::stream).toList();
            if (found.isEmpty() && each.size() < sites.size()) {
                throw new RedisUnavailable("the frame is in none of the reachable partitions, and some are unreachable",
                        new IllegalStateException(each.size() + " of " + sites.size()));
            }
            return found;
        } finally {
            turns.release();
        }
    }

    private List<Journey> find(JourneyPartition site, String frameId) {
        try (RedisConnection redis = RedisConnection.open(site.partition().redis())) {
            return find(redis, site, frameId);
        }
    }

    private List<Journey> find(RedisConnection redis, JourneyPartition site, String frameId) {
        Keys keys = site.partition().keys();
        NavigableMap<EntryId, JourneyBuilder> accounts = new TreeMap<>();
        JournalReader.find(redis, keys, frameId).forEach(
                recorded -> account(accounts, frameId, recorded.step().captureId()).add(recorded));
        Instant since = accounts.values().stream().map(JourneyBuilder::firstHandedOff).filter(at -> at != null)
                .min(Comparator.naturalOrder()).orElse(null);
        List<FrameLocation> found = new FrameLocator(redis, keys, settings.group(), frameId)
                .find(site.queues().get(), since);
        JourneyBuilder nameless = new JourneyBuilder(frameId, null);
        for (FrameLocation location : found) {
            EntryId id = location.captureId() == null ? of(accounts, location) : location.captureId();
            (id == null ? nameless : account(accounts, frameId, id)).add(location);
        }
        List<Journey> journeys = new ArrayList<>(
                accounts.values().stream().map(JourneyBuilder::journey).toList());
        if (nameless.isFound()) {
            journeys.add(nameless.journey());
        }
        return List.copyOf(journeys);
    }

    private static JourneyBuilder account(Map<EntryId, JourneyBuilder> accounts, String frameId, EntryId captureId) {
        return accounts.computeIfAbsent(captureId, id -> new JourneyBuilder(frameId, id));
    }

    /** A result does not say of which of two frames of one name it is: of the last that was captured before. */
    private static @Nullable EntryId of(NavigableMap<EntryId, JourneyBuilder> accounts, FrameLocation result) {
        Instant at = result.event() == null ? Instant.MAX : result.event().at();
        return accounts.descendingKeySet().stream().filter(id -> !id.time().isAfter(at)).findFirst().orElse(null);
    }
}
