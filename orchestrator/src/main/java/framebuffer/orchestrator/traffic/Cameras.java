package framebuffer.orchestrator.traffic;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.freshness.CameraPolicies;
import framebuffer.orchestrator.freshness.Freshness;
import framebuffer.orchestrator.freshness.Policies;
import framebuffer.orchestrator.ledger.Ledger;
import framebuffer.streams.RedisAddress;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisRefused;
import framebuffer.streams.RedisUnavailable;
import framebuffer.streams.figures.LedgerReader;
import framebuffer.streams.shared.CameraSightings;
import framebuffer.streams.shared.PictureBoard;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.Timestamps;
import framebuffer.wire.control.CameraPolicy;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The cameras, and which of their frames are worth sending. From any thread; each call has a connection of its own.
 *
 * <p>
 * All methods throw {@link RedisUnavailable} when Redis is away, and {@link RedisRefused} when it refuses.
 */
public final class Cameras {
    private static final int MILLI = 1_000;

    private final RedisAddress redis;
    private final Keys keys;
    private final CameraPolicies policies;
    private final Rates rates;
    private final InstantSource clock;

    /**
     * A camera, of which frames have come or a policy is set.
     *
     * @param framesPerSecond
     *            captured, over the last 10 to 15 s
     * @param lastFrameAt
     *            when its newest frame was captured; null: none has come
     */
    public record Camera(String id, Freshness freshness, double framesPerSecond, @Nullable Instant lastFrameAt) {
        /** As JSON, in the form of {@code GET /cameras}. */
        public ObjectNode json() {
            return JsonNodeFactory.instance.objectNode().put("camera_id", id).put("keep", freshness.keep().word())
                    .put("max_age_ms", freshness.maxAge().isZero() ? null : (Long) freshness.maxAge().toMillis())
                    .put("frames_per_second", Math.round(framesPerSecond * MILLI) / (double) MILLI)
                    .put("last_frame_at", lastFrameAt == null ? null : Timestamps.micros(lastFrameAt));
        }
    }

    public Cameras(RedisAddress redis, Keys keys, CameraPolicies policies, Rates rates, InstantSource clock) {
        this.redis = redis;
        this.keys = keys;
        this.policies = policies;
        this.rates = rates;
        this.clock = clock;
    }

    /** All of them, by id. */
    public List<Camera> list() {
        try (RedisConnection connection = RedisConnection.open(redis)) {
            return list(connection, captured(connection));
        }
    }

    /** The same, for who has just read the ledger. */
    public List<Camera> list(Ledger ledger) {
        try (RedisConnection connection = RedisConnection.open(redis)) {
            return list(connection, ledger.cameras().stream()
                    .collect(Collectors.toMap(Ledger.Camera::cameraId, camera -> camera.counts().captured())));
        }
    }

    private List<Camera> list(RedisConnection connection, Map<String, Long> captured) {
        Policies set = policies.read(connection);
        Map<String, EntryId> newest = CameraSightings.read(connection, keys);
        TreeSet<String> ids = new TreeSet<>(newest.keySet());
        ids.addAll(set.cameras().keySet());
        return ids.stream().map(id -> camera(id, set, newest.get(id), captured.getOrDefault(id, 0L))).toList();
    }

    private Map<String, Long> captured(RedisConnection connection) {
        return LedgerReader.counts(connection, keys).entrySet().stream().collect(
                Collectors.toMap(Map.Entry::getKey, counts -> counts.getValue().getOrDefault("captured", 0L)));
    }

    /** Sets a policy, for all instances and for good; empty when as many cameras have one as may. */
    public Optional<Camera> set(String id, CameraPolicy policy) {
        try (RedisConnection connection = RedisConnection.open(redis)) {
            return policies.put(connection, id, policy) ? Optional.of(one(connection, id)) : Optional.empty();
        }
    }

    /** From now on the camera is as any other; false when it was so before. */
    public boolean unset(String id) {
        try (RedisConnection connection = RedisConnection.open(redis)) {
            return policies.remove(connection, id);
        }
    }

    /** The newest picture with what was found for this capability drawn into it, as JPEG; empty: none was shown of late. */
    public Optional<byte[]> picture(String id, String capability) {
        try (RedisConnection connection = RedisConnection.open(redis)) {
            PictureBoard.want(connection, keys);
            return Optional.ofNullable(PictureBoard.picture(connection, keys, new CameraNeed(id, capability)));
        }
    }

    private Camera one(RedisConnection connection, String id) {
        return camera(id, policies.read(connection), CameraSightings.read(connection, keys).get(id),
                captured(connection).getOrDefault(id, 0L));
    }

    private Camera camera(String id, Policies set, @Nullable EntryId newest, long captured) {
        return new Camera(id, set.of(id), rates.captured(clock.instant(), id, captured),
                newest == null ? null : newest.time());
    }
}
