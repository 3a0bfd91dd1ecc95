package framebuffer.orchestrator.observability.journey;

import framebuffer.orchestrator.processors.registry.Registry;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.FanOut;
import framebuffer.redis.cluster.InPartition;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds where a frame is, and the steps that all instances recorded of it. For any thread; each call opens its own connections.
 *
 * <p>
 * Methods throw {@link RedisUnavailable} when Redis is away, and {@link RedisRefused} when it refuses.
 */
public final class JourneyFinder {
    /** A search reads the whole journal, so few may run at once. */
    private static final int AT_ONCE = 2;
    /** A caller that waits holds a connection. */
    private static final Duration TURN_WITHIN = Duration.ofSeconds(2);

    private final List<InPartition<Registry>> partitions;
    private final String group;
    private final Duration retention;
    private final Semaphore turns = new Semaphore(AT_ONCE, true);

    /**
     * @param group our group on the capture streams
     * @param retention how long the journal keeps the steps of frames
     */
    public JourneyFinder(List<InPartition<Registry>> partitions, String group, Duration retention) {
        this.partitions = List.copyOf(partitions);
        this.group = group;
        this.retention = retention;
    }

    /** How long the journal keeps the steps of frames. */
    public Duration retention() {
        return retention;
    }

    /** All frames with this id, the oldest first. */
    public List<Journey> find(String frameId) throws InterruptedException {
        if (!turns.tryAcquire(TURN_WITHIN.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new RejectedExecutionException("others are searching");
        }
        try {
            List<List<Journey>> each = FanOut.reachable(partitions,
                    one -> one.ask((redis, registry) -> find(redis, one.keys(), registry, frameId)));
            List<Journey> found = each.stream().flatMap(List::stream).toList();
            if (found.isEmpty() && each.size() < partitions.size()) {
                throw new RedisUnavailable("the frame is in none of the reachable partitions, and some are unreachable",
                        new IllegalStateException(each.size() + " of " + partitions.size()));
            }
            return found;
        } finally {
            turns.release();
        }
    }

    private List<Journey> find(RedisConnection redis, Keys keys, Registry registry, String frameId) {
        NavigableMap<EntryId, JourneyBuilder> builders = new TreeMap<>();
        JournalReader.find(redis, keys, frameId).forEach(
                noted -> builder(builders, frameId, noted.step().captureId()).add(noted));
        Instant since = builders.values().stream().map(JourneyBuilder::firstHandedOff).filter(at -> at != null)
                .min(Comparator.naturalOrder()).orElse(null);
        List<FrameLocation> found = new FrameLocator(redis, keys, group, frameId)
                .find(registry.read().withQueues(), since);
        JourneyBuilder nameless = new JourneyBuilder(frameId, null);
        for (FrameLocation location : found) {
            EntryId id = location.captureId() == null ? of(builders, location) : location.captureId();
            (id == null ? nameless : builder(builders, frameId, id)).add(location);
        }
        List<Journey> journeys = new ArrayList<>(
                builders.values().stream().map(JourneyBuilder::journey).toList());
        if (nameless.isFound()) {
            journeys.add(nameless.journey());
        }
        return List.copyOf(journeys);
    }

    private static JourneyBuilder builder(Map<EntryId, JourneyBuilder> builders, String frameId, EntryId captureId) {
        return builders.computeIfAbsent(captureId, id -> new JourneyBuilder(frameId, id));
    }

    /** A result does not name the capture: assign it to the last frame of this id that was captured before. */
    private static @Nullable EntryId of(NavigableMap<EntryId, JourneyBuilder> builders, FrameLocation result) {
        Instant at = result.event() == null ? Instant.MAX : result.event().at();
        return builders.descendingKeySet().stream().filter(id -> !id.time().isAfter(at)).findFirst().orElse(null);
    }
}
