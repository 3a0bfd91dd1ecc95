package framebuffer.orchestrator.flowcontrol;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.flowcontrol.CameraPolicyStore.CameraPolicySnapshot;
import framebuffer.orchestrator.observability.stats.FrameRates;
import framebuffer.orchestrator.observability.stats.Ledger;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.FanOut;
import framebuffer.redis.cluster.InPartition;
import framebuffer.redis.frames.LedgerReader;
import framebuffer.redis.tables.CameraLastSeenStore;
import framebuffer.redis.tables.PictureStore;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import framebuffer.wire.control.CameraPolicy;
import framebuffer.wire.text.NaturalOrder;
import framebuffer.wire.text.Timestamps;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Lists cameras, and changes their policies. For any thread; each call opens its own connections.
 *
 * <p>
 * All methods throw {@link RedisUnavailable} when Redis is away, and {@link RedisRefused} when it refuses.
 */
public final class CameraDirectory {
    private static final int MILLI = 1_000;

    private final Partitioning partitioning;
    private final List<InPartition<CameraPolicyStore>> partitions;
    private final FrameRates rates;
    private final InstantSource clock;

    /**
     * A camera that has sent frames or has a policy.
     *
     * @param framesPerSecond captured, over the last 10 to 15 s
     * @param lastFrameAt capture time of its newest frame; null: it has sent none
     */
    public record CameraState(String id, Freshness freshness, double framesPerSecond, @Nullable Instant lastFrameAt) {
        /** As JSON, in the form of {@code GET /cameras}. */
        public ObjectNode json() {
            return JsonNodeFactory.instance.objectNode().put("camera_id", id).put("keep", freshness.keep().word())
                    .put("max_age_ms", freshness.maxAge().isZero() ? null : (Long) freshness.maxAge().toMillis())
                    .put("frames_per_second", Math.round(framesPerSecond * MILLI) / (double) MILLI)
                    .put("last_frame_at", lastFrameAt == null ? null : Timestamps.micros(lastFrameAt));
        }
    }

    /**
     * @param partitions all partitions, in order
     */
    public CameraDirectory(Partitioning partitioning, List<InPartition<CameraPolicyStore>> partitions,
            FrameRates rates, InstantSource clock) {
        this.partitioning = partitioning;
        this.partitions = List.copyOf(partitions);
        this.rates = rates;
        this.clock = clock;
    }

    /** All cameras, by id. */
    public List<CameraState> list() {
        return sorted(FanOut.all(partitions, one -> one
                .ask((redis, policies) -> list(redis, one, captured(redis, one.keys())))));
    }

    /** The cameras of the reachable partitions, by id, with rates from a ledger that was just read. */
    public List<CameraState> list(Ledger ledger) {
        Map<String, Long> captured = ledger.cameras().stream()
                .collect(Collectors.toMap(Ledger.CameraCounts::cameraId, camera -> camera.counts().captured()));
        return sorted(FanOut.reachable(partitions, one -> one
                .ask((redis, policies) -> list(redis, one, captured))));
    }

    private static List<CameraState> sorted(List<List<CameraState>> each) {
        return each.stream().flatMap(List::stream).sorted(Comparator.comparing(CameraState::id, NaturalOrder.NAMES))
                .toList();
    }

    private List<CameraState> list(RedisConnection redis, InPartition<CameraPolicyStore> partition,
            Map<String, Long> captured) {
        CameraPolicySnapshot policies = partition.service().read(redis);
        Map<String, EntryId> newest = CameraLastSeenStore.read(redis, partition.keys());
        TreeSet<String> ids = new TreeSet<>(newest.keySet());
        ids.addAll(policies.cameras().keySet());
        return ids.stream().map(id -> camera(id, policies, newest.get(id), captured)).toList();
    }

    private CameraState camera(String id, CameraPolicySnapshot policies, @Nullable EntryId newest,
            Map<String, Long> captured) {
        return new CameraState(id, policies.of(id),
                rates.captured(clock.instant(), id, captured.getOrDefault(id, 0L)),
                newest == null ? null : newest.time());
    }

    private static Map<String, Long> captured(RedisConnection redis, Keys keys) {
        return LedgerReader.counts(redis, keys).entrySet().stream().collect(
                Collectors.toMap(Map.Entry::getKey, counts -> counts.getValue().getOrDefault("captured", 0L)));
    }

    private InPartition<CameraPolicyStore> of(String id) {
        return partitions.get(partitioning.of(id));
    }

    /** Sets a policy for all instances; empty when the limit of camera policies is reached. */
    public Optional<CameraState> set(String id, CameraPolicy policy) {
        Keys keys = of(id).keys();
        return of(id).ask((redis, policies) -> policies.put(redis, id, policy)
                ? Optional.of(camera(id, policies.read(redis), CameraLastSeenStore.read(redis, keys).get(id),
                        captured(redis, keys)))
                : Optional.empty());
    }

    /** Removes the camera's own policy; false when it has none. */
    public boolean unset(String id) {
        return of(id).ask((redis, policies) -> policies.remove(redis, id));
    }

    /** Deletes a camera with its policy, until it sends a frame again; false when there is no such camera. */
    public boolean delete(String id) {
        return of(id).ask((redis, policies) -> policies.delete(redis, id));
    }

    /** The newest picture, as JPEG, with the findings of a detector of this capability; empty when there is no recent one. */
    public Optional<byte[]> picture(String id, String capability) {
        Keys keys = of(id).keys();
        return of(id).ask((redis, policies) -> {
            PictureStore.want(redis, keys);
            return Optional.ofNullable(PictureStore.picture(redis, keys, new CameraNeed(id, capability)));
        });
    }
}
