package framebuffer.bridge.mqtt;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.Replies;
import framebuffer.redis.tables.CameraLastSeenStore;
import framebuffer.redis.tables.CameraReportStore;
import framebuffer.redis.tables.PictureStore;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.control.CameraReport;
import framebuffer.wire.control.CameraReport.Phase;
import framebuffer.wire.frame.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Reads the cameras of one partition, whether they are online, and their newest pictures, once a second while this instance publishes. */
final class CameraStates implements RedisLoop.Work {
    private static final Duration EVERY = Duration.ofSeconds(1);
    /** A camera that reports nothing of its video is offline after this time without a frame. */
    static final Duration SILENT = Duration.ofMinutes(5);
    /** Larger pictures are not published. */
    private static final int LARGEST = 1 << 20;
    private static final int MOST_PICTURES = 256;

    private final Keys keys;
    private final Duration interval;
    private final BooleanSupplier publishes;
    private final Map<String, CameraPicture> pictures = new HashMap<>();
    private volatile @Nullable Map<String, CameraState> states;

    /**
     * A camera.
     *
     * @param picture null: there is none
     */
    record CameraState(boolean online, @Nullable CameraPicture picture) {
    }

    /** A JPEG, and when it was stored. */
    static final class CameraPicture {
        private final Instant at;
        private final byte[] jpeg;

        CameraPicture(Instant at, byte[] jpeg) {
            this.at = at;
            this.jpeg = jpeg;
        }

        byte[] jpeg() {
            return jpeg;
        }
    }

    /**
     * @param interval time between two pictures of a camera; zero: no pictures
     * @param publishes whether this instance publishes
     */
    CameraStates(Keys keys, Duration interval, BooleanSupplier publishes) {
        this.keys = keys;
        this.interval = interval;
        this.publishes = publishes;
    }

    /** The cameras by id; null: not known yet. */
    @Nullable
    Map<String, CameraState> states() {
        return states;
    }

    @Override
    public Duration rest() {
        return EVERY;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        if (!publishes.getAsBoolean()) {
            states = null;
            pictures.clear();
            return;
        }
        Map<String, EntryId> seen = CameraLastSeenStore.read(redis, keys);
        Map<String, CameraReport> reports = CameraReportStore.list(redis, keys);
        Instant now = Replies.time(redis.call("TIME"));
        if (interval.isPositive()) {
            PictureStore.want(redis, keys);
            readPictures(redis);
        }
        Map<String, CameraState> all = new TreeMap<>();
        seen.forEach((camera, last) -> all.put(camera, new CameraState(isOnline(reports.get(camera), last.time(), now),
                pictures.get(camera))));
        reports.forEach((camera, report) -> all.putIfAbsent(camera,
                new CameraState(isOnline(report, Instant.EPOCH, now), pictures.get(camera))));
        pictures.keySet().retainAll(all.keySet());
        states = all;
    }

    /** What our camera says of its video counts; of other cameras the time of the last frame. */
    static boolean isOnline(@Nullable CameraReport report, Instant last, Instant now) {
        if (report == null || (report.phase() == Phase.ENDED && !report.hasEnded(last))) {
            return last.plus(SILENT).isAfter(now);
        }
        return report.phase() == Phase.PLAYING;
    }

    /** Whether a picture follows another: after the interval, or at once if the clock was ahead and has been set back. */
    static boolean isDue(Instant before, Instant at, Duration interval) {
        return at.isBefore(before) || !at.isBefore(before.plus(interval));
    }

    private void readPictures(RedisConnection redis) {
        Map<String, Map.Entry<CameraNeed, Finding>> newest = new HashMap<>();
        PictureStore.list(redis, keys).entrySet().forEach(one -> newest.merge(one.getKey().camera(), one,
                (a, b) -> a.getValue().at().isAfter(b.getValue().at()) ? a : b));
        newest.forEach((camera, one) -> {
            CameraPicture before = pictures.get(camera);
            Instant at = one.getValue().at();
            boolean due = before == null ? pictures.size() < MOST_PICTURES : isDue(before.at, at, interval);
            byte[] jpeg = due ? PictureStore.picture(redis, keys, one.getKey()) : null;
            if (jpeg != null && jpeg.length <= LARGEST) {
                pictures.put(camera, new CameraPicture(at, jpeg));
            }
        });
    }
}
