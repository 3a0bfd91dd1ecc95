package framebuffer.app.bench;

import framebuffer.streams.RedisConnection;
import framebuffer.wire.Keys;
import java.util.List;
import java.util.Locale;

/** The frames that are measured with: those of the yardstick, of which one in a hundred is to be traced. */
final class BenchFrames {
    private static final int CHUNK = 500;
    private static final String METADATA = "{\"detection_type\":\"object_detection\",\"fps\":30,\"location\":\"front_door\"}";

    private BenchFrames() {
    }

    /** Puts so many of them on the capture stream. */
    static void fill(RedisConnection redis, long frames, int cameras) {
        for (long i = 0; i < frames; i += CHUNK) {
            long some = Math.min(CHUNK, frames - i);
            for (long frame = i; frame < i + some; frame++) {
                redis.send("XADD", frame(frame, (int) (frame % cameras)));
            }
            for (long j = 0; j < some; j++) {
                redis.receive();
            }
        }
    }

    private static List<Object> frame(long frame, int camera) {
        String name = String.format(Locale.ROOT, "cam%02d", camera);
        String trace = String.format(Locale.ROOT, "00-%016x%016x-b7ad6b7169203331-%s", frame + 1, frame + 1,
                frame % 100 == 0 ? "01" : "00");
        return List.of(Keys.DEFAULT.capture(), "*", "frame_id", frame + "_" + name, "camera_id", name, "timestamp",
                "2026-11-23T12:00:00.000000", "size_bytes", "204800", "width", "1920", "height", "1080", "format",
                "jpeg", "priority", Long.toString(frame % 10), "detection_type", "object_detection", "traceparent",
                trace, "metadata", METADATA, "frame_buffer_key", "frame:" + frame);
    }
}
