package framebuffer.orchestrator.flowcontrol;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.flowcontrol.CameraErasure.ErasedData;
import framebuffer.orchestrator.flowcontrol.CameraPolicyStore.CameraPolicySnapshot;
import framebuffer.orchestrator.observability.stats.FrameRates;
import framebuffer.orchestrator.observability.stats.Ledger;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.FanOut;
import framebuffer.redis.cluster.InPartition;
import framebuffer.redis.frames.LedgerReader;
import framebuffer.redis.tables.CameraLastSeenStore;
import framebuffer.redis.tables.CameraReportStore;
import framebuffer.redis.tables.PictureStore;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import framebuffer.wire.control.CameraPolicy;
import framebuffer.wire.control.CameraReport;
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
    private final @Nullable RedisAddress pixels;

    /**
     * A camera that has sent frames, has a policy, or reports on its video.
     *
     * @param framesPerSecond captured, over the last 10 to 15 s
     * @param lastFrameAt capture time of its newest frame; null: it has sent none
     * @param video its last report on its video; null: none, because it is not a camera of frame-buffer, or does not run
     */
    public record CameraState(String id, Freshness freshness, double framesPerSecond, @Nullable Instant lastFrameAt,
            @Nullable CameraReport video) {
        /** As JSON, in the form of {@code GET /cameras}. */
        public ObjectNode json() {
            ObjectNode json = JsonNodeFactory.instance.objectNode().put("camera_id", id)
                    .put("keep", freshness.keep().word())
                    .put("max_age_ms", freshness.maxAge().isZero() ? null : (Long) freshness.maxAge().toMillis())
                    .put("frames_per_second", Math.round(framesPerSecond * MILLI) / (double) MILLI)
                    .put("last_frame_at", lastFrameAt == null ? null : Timestamps.micros(lastFrameAt));
            return video == null ? json : json.set("video", video.json());
        }
    }

    /**
     * @param partitions all partitions, in order
     * @param pixels the Redis of the pixels; null: that of the frames
     */
    public CameraDirectory(Partitioning partitioning, List<InPartition<CameraPolicyStore>> partitions,
            FrameRates rates, InstantSource clock, @Nullable RedisAddress pixels) {
        this.partitioning = partitioning;
        this.partitions = List.copyOf(partitions);
        this.rates = rates;
        this.clock = clock;
        this.pixels = pixels;
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
        Map<String, CameraReport> reports = CameraReportStore.list(redis, partition.keys());
        TreeSet<String> ids = new TreeSet<>(newest.keySet());
        ids.addAll(policies.cameras().keySet());
        ids.addAll(reports.keySet());
        return ids.stream().map(id -> camera(new Known(id, newest.get(id), reports.get(id)), policies, captured))
                .toList();
    }

    /** What Redis holds of a camera, beside its policy. */
    private record Known(String id, @Nullable EntryId newest, @Nullable CameraReport video) {
    }

    private CameraState camera(Known known, CameraPolicySnapshot policies, Map<String, Long> captured) {
        return new CameraState(known.id(), policies.of(known.id()),
                rates.captured(clock.instant(), known.id(), captured.getOrDefault(known.id(), 0L)),
                known.newest() == null ? null : known.newest().time(), known.video());
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
                ? Optional.of(camera(new Known(id, CameraLastSeenStore.read(redis, keys).get(id),
                        CameraReportStore.list(redis, keys).get(id)), policies.read(redis), captured(redis, keys)))
                : Optional.empty());
    }

    /** Removes the camera's own policy; false when it has none. */
    public boolean unset(String id) {
        return of(id).ask((redis, policies) -> policies.remove(redis, id));
    }

    /**
     * Deletes a camera, its policy and all that is kept of it, except its frames in flight, until it sends a frame again; empty when
     * nothing is known of such a camera. What a partition held before the number of partitions changed is deleted too.
     */
    public Optional<ObjectNode> delete(String id) {
        boolean listed = of(id).ask((redis, policies) -> policies.delete(redis, id));
        ErasedData erased = FanOut.sum(partitions, one -> one
                .ask((redis, policies) -> new CameraErasure(one.partition(), pixels, id).erase(redis)),
                ErasedData::plus);
        return listed || erased.isAny()
                ? Optional.of(JsonNodeFactory.instance.objectNode().put("camera_id", id)
                        .put("results", erased.results()).put("dead_letters", erased.deadLetters())
                        .put("shed_frames", erased.shedFrames()).put("pictures", erased.pictures())
                        .put("pixels", erased.pixels()).put("reports", erased.reports())
                        .put("in_flight", erased.inFlight()))
                : Optional.empty();
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
