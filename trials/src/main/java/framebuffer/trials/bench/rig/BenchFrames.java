package framebuffer.trials.bench.rig;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.wire.Keys;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The frames of the measurements: those of the yardstick, one in a hundred traced. */
public final class BenchFrames {
    /** The capability that they need. */
    public static final String CAPABILITY = "object_detection";

    private static final int CHUNK = 500;
    private static final String METADATA = "{\"detection_type\":\"object_detection\",\"fps\":30,\"location\":\"front_door\"}";

    private BenchFrames() {
    }

    /** Adds this number of frames to the capture streams, evenly spread. */
    public static void fill(PartitionLayout partitions, long frames, int cameras) {
        int count = partitions.all().size();
        for (Partition partition : partitions.all()) {
            List<Integer> ours = IntStream.iterate(0, camera -> camera + 1)
                    .filter(camera -> partitions.of(name(camera)).equals(partition)).limit(cameras).boxed().toList();
            try (RedisConnection redis = RedisConnection.open(partition.redis())) {
                for (long i = 0; i < frames / count; i += CHUNK) {
                    long some = Math.min(CHUNK, frames / count - i);
                    for (long frame = i; frame < i + some; frame++) {
                        List<Object> line = new ArrayList<>(frame(frame, ours.get((int) (frame % cameras))));
                        line.set(0, partition.keys().capture());
                        redis.send("XADD", line);
                    }
                    for (long j = 0; j < some; j++) {
                        redis.receive();
                    }
                }
            }
        }
    }

    private static String name(int camera) {
        return String.format(Locale.ROOT, "cam%02d", camera);
    }

    private static List<Object> frame(long frame, int camera) {
        String name = name(camera);
        return announcement(frame + "_" + name, name, frame, (int) (frame % 10));
    }

    /**
     * The arguments of the command that announces a frame.
     *
     * @param number defines its trace; every hundredth is recorded
     */
    public static List<Object> announcement(String id, String camera, long number, int priority) {
        String trace = HexFormat.of().toHexDigits(number + 1);
        return List.of(Keys.DEFAULT.capture(), "*", "frame_id", id, "camera_id", camera, "timestamp",
                "2026-11-23T12:00:00.000000", "size_bytes", "204800", "width", "1920", "height", "1080", "format",
                "jpeg", "priority", Integer.toString(priority), "detection_type", CAPABILITY, "traceparent",
                "00-" + trace + trace + "-b7ad6b7169203331-" + (number % 100 == 0 ? "01" : "00"), "metadata", METADATA,
                "frame_buffer_key", "frame:" + number);
    }
}
