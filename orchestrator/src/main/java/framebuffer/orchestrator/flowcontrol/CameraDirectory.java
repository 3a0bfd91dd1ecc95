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
import framebuffer.redis.cluster.Partition;
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
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The cameras, and which of their frames are worth sending. From any thread; each call has a connection of its own.
 *
 * <p>
 * All methods throw {@link RedisUnavailable} when Redis is away, and {@link RedisRefused} when it refuses.
 */
public final class CameraDirectory {
    private static final int MILLI = 1_000;

    private final Partitioning partitioning;
    private final List<CameraPartition> sites;
    private final FrameRates rates;
    private final InstantSource clock;

    /**
     * A camera, of which frames have come or a policy is set.
     *
     * @param framesPerSecond
     *            captured, over the last 10 to 15 s
     * @param lastFrameAt
     *            when its newest frame was captured; null: none has come
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

    /** The cameras of one partition. */
    public record CameraPartition(Partition partition, CameraPolicyStore policies) {
        private RedisConnection open() {
            return RedisConnection.open(partition.redis());
        }

        private Keys keys() {
            return partition.keys();
        }
    }

    /**
     * @param sites
     *            one for each partition, in order
     */
    public CameraDirectory(Partitioning partitioning, List<CameraPartition> sites, FrameRates rates,
            InstantSource clock) {
        this.partitioning = partitioning;
        this.sites = List.copyOf(sites);
        this.rates = rates;
        this.clock = clock;
    }

    /** All of them, by id. */
    public List<CameraState> list() {
        return everywhere(CameraDirectory::captured);
    }

    /** The same, for who has just read the ledger; of the partitions that answer. */
    public List<CameraState> list(Ledger ledger) {
        Map<String, Long> captured = ledger.cameras().stream()
                .collect(Collectors.toMap(Ledger.CameraCounts::cameraId, camera -> camera.counts().captured()));
        return sorted(FanOut.whereItAnswers(sites, site -> {
            try (RedisConnection connection = site.open()) {
                return list(connection, site, captured);
            }
        }));
    }

    private List<CameraState> everywhere(BiFunction<RedisConnection, CameraPartition, Map<String, Long>> captured) {
        return sorted(FanOut.ask(sites, site -> {
            try (RedisConnection connection = site.open()) {
                return list(connection, site, captured.apply(connection, site));
            }
        }));
    }

    private static List<CameraState> sorted(List<List<CameraState>> each) {
        return each.stream().flatMap(List::stream).sorted(Comparator.comparing(CameraState::id, NaturalOrder.NAMES))
                .toList();
    }

    private List<CameraState> list(RedisConnection connection, CameraPartition site, Map<String, Long> captured) {
        CameraPolicySnapshot set = site.policies().read(connection);
        Map<String, EntryId> newest = CameraLastSeenStore.read(connection, site.keys());
        TreeSet<String> ids = new TreeSet<>(newest.keySet());
        ids.addAll(set.cameras().keySet());
        return ids.stream().map(id -> camera(id, set, newest.get(id), captured.getOrDefault(id, 0L))).toList();
    }

    private static Map<String, Long> captured(RedisConnection connection, CameraPartition site) {
        return LedgerReader.counts(connection, site.keys()).entrySet().stream().collect(
                Collectors.toMap(Map.Entry::getKey, counts -> counts.getValue().getOrDefault("captured", 0L)));
    }

    private CameraPartition of(String id) {
        return sites.get(partitioning.of(id));
    }

    /** Sets a policy, for all instances and for good; empty when as many cameras have one as may. */
    public Optional<CameraState> set(String id, CameraPolicy policy) {
        CameraPartition site = of(id);
        try (RedisConnection connection = site.open()) {
            return site.policies().put(connection, id, policy)
                    ? Optional.of(one(connection, site, id))
                    : Optional.empty();
        }
    }

    /** From now on the camera is as any other; false when it was so before. */
    public boolean unset(String id) {
        CameraPartition site = of(id);
        try (RedisConnection connection = site.open()) {
            return site.policies().remove(connection, id);
        }
    }

    /** Deletes a camera with its policy; it is there again when a frame of it comes. False when there is none. */
    public boolean delete(String id) {
        CameraPartition site = of(id);
        try (RedisConnection connection = site.open()) {
            return site.policies().delete(connection, id);
        }
    }

    /** The newest picture with what was found for this capability drawn into it, as JPEG; empty: none was shown of late. */
    public Optional<byte[]> picture(String id, String capability) {
        CameraPartition site = of(id);
        try (RedisConnection connection = site.open()) {
            PictureStore.want(connection, site.keys());
            return Optional
                    .ofNullable(PictureStore.picture(connection, site.keys(), new CameraNeed(id, capability)));
        }
    }

    private CameraState one(RedisConnection connection, CameraPartition site, String id) {
        return camera(id, site.policies().read(connection), CameraLastSeenStore.read(connection, site.keys()).get(id),
                captured(connection, site).getOrDefault(id, 0L));
    }

    private CameraState camera(String id, CameraPolicySnapshot set, @Nullable EntryId newest, long captured) {
        return new CameraState(id, set.of(id), rates.captured(clock.instant(), id, captured),
                newest == null ? null : newest.time());
    }
}
