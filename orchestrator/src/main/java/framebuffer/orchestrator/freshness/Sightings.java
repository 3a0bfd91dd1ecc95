package framebuffer.orchestrator.freshness;

import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisLoop;
import framebuffer.streams.shared.CameraSightings;
import framebuffer.streams.shared.CameraSightings.Tidied;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Notes for the whole cluster, once a second, which camera's frame was last captured when; and has cameras leave that are silent. */
public final class Sightings implements RedisLoop.Work {
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final Keys keys;
    private final int most;
    private final Duration retention;
    private final Map<String, EntryId> newest = new ConcurrentHashMap<>();
    private Tidied tidied = Tidied.START;

    /**
     * @param most
     *            how many cameras are remembered, and told at once
     * @param retention
     *            how long a camera may be silent until it leaves
     */
    public Sightings(Keys keys, int most, Duration retention) {
        this.keys = keys;
        this.most = most;
        this.retention = retention;
    }

    /** A frame of this camera was captured. */
    public void seen(String camera, EntryId captureId) {
        if (newest.size() < most) {
            newest.put(camera, captureId);
        }
    }

    @Override
    public Duration rest() {
        return EVERY;
    }

    /** What came meanwhile is noted the next time. */
    @Override
    public void turn(RedisConnection redis) {
        Map<String, EntryId> noted = new HashMap<>(newest);
        CameraSightings.note(redis, keys, noted, most);
        noted.forEach(newest::remove);
        tidied = CameraSightings.tidy(redis, keys, retention, most, tidied);
    }
}
