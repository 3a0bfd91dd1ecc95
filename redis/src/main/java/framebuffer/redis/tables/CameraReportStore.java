package framebuffer.redis.tables;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.wire.Keys;
import framebuffer.wire.control.CameraReport;
import framebuffer.wire.control.CameraReport.Phase;
import framebuffer.wire.text.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The last report of each of our cameras on its video. A camera that stops reporting leaves after half a minute; the report that a video has
 * ended stays for a day.
 */
public final class CameraReportStore {
    /** How long a report is valid. */
    public static final Duration KEPT = Duration.ofSeconds(30);
    /** How long a report is valid that says that the video has ended: then nobody reports any more. */
    public static final Duration ENDED_KEPT = Duration.ofDays(1);

    private CameraReportStore() {
    }

    /**
     * Stores reports.
     *
     * @param reports by camera; their time is replaced by Redis's clock
     */
    public static void put(RedisConnection redis, Keys keys, Map<String, CameraReport> reports) {
        if (reports.isEmpty()) {
            return;
        }
        Instant now = Replies.time(redis.call("TIME"));
        List<Object> fields = new ArrayList<>(List.of(keys.cameraReports()));
        reports.forEach((camera, report) -> {
            fields.add(camera);
            fields.add(Json.bytes(report.storedAt(now).json()));
        });
        redis.call("HSET", fields.toArray());
        redis.call("PEXPIRE", keys.cameraReports(), ENDED_KEPT.toMillis());
    }

    /** Removes the reports of these cameras; returns their number. */
    public static int remove(RedisConnection redis, Keys keys, List<String> cameras) {
        if (cameras.isEmpty()) {
            return 0;
        }
        List<Object> line = new ArrayList<>(List.of(keys.cameraReports()));
        line.addAll(cameras);
        return (int) Replies.number(redis.call("HDEL", line.toArray()));
    }

    /** The current reports, by camera; removes those that are too old. */
    public static Map<String, CameraReport> list(RedisConnection redis, Keys keys) {
        Map<String, byte[]> stored = Replies.map(redis.call("HGETALL", keys.cameraReports()));
        if (stored.isEmpty()) {
            return Map.of();
        }
        Instant now = Replies.time(redis.call("TIME"));
        Map<String, CameraReport> current = new HashMap<>();
        List<String> gone = new ArrayList<>();
        stored.forEach((camera, json) -> {
            CameraReport report = CameraReport.decode(json);
            if (report == null || report.at().isBefore(now.minus(report.phase() == Phase.ENDED ? ENDED_KEPT : KEPT))) {
                gone.add(camera);
            } else {
                current.put(camera, report);
            }
        });
        remove(redis, keys, gone);
        return current;
    }
}
