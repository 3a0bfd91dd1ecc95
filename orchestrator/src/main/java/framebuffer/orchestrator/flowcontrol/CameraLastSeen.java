package framebuffer.orchestrator.flowcontrol;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.tables.CameraLastSeenStore;
import framebuffer.redis.tables.CameraLastSeenStore.CameraCleanup;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Writes the last capture time of each camera to Redis once a second, and removes cameras that are silent. */
public final class CameraLastSeen implements RedisLoop.Work {
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final Keys keys;
    private final int most;
    private final Duration retention;
    private final Map<String, EntryId> newest = new ConcurrentHashMap<>();
    private CameraCleanup tidied = CameraCleanup.START;

    /**
     * @param most most cameras that are remembered, and written at once
     * @param retention how long a silent camera is kept
     */
    public CameraLastSeen(Keys keys, int most, Duration retention) {
        this.keys = keys;
        this.most = most;
        this.retention = retention;
    }

    /** Notes a captured frame. */
    public void seen(String camera, EntryId captureId) {
        if (newest.size() < most) {
            newest.put(camera, captureId);
        }
    }

    @Override
    public Duration rest() {
        return EVERY;
    }

    /** Frames captured meanwhile are written at the next turn. */
    @Override
    public void runOnce(RedisConnection redis) {
        Map<String, EntryId> noted = new HashMap<>(newest);
        CameraLastSeenStore.note(redis, keys, noted, most);
        noted.forEach(newest::remove);
        tidied = CameraLastSeenStore.tidy(redis, keys, retention, most, tidied);
    }
}
