package framebuffer.redis.testing;

import framebuffer.redis.GroupReader;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.handoff.HandOff;
import framebuffer.redis.handoff.Move;
import framebuffer.redis.queues.WorkQueue;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.text.FieldNames;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** A capture stream that a test fills and reads. */
public final class CaptureStream {
    public static final Keys KEYS = Keys.DEFAULT;
    public static final String GROUP = "frame-buffer-v2";
    public static final String CONSUMER = "instance-1";
    public static final FrameSource SOURCE = new FrameSource(KEYS.capture(), GROUP, FrameSource.SourceKind.CAPTURE);

    /** Creates the queues of registered processors, as a registration does. */
    private static final List<String> QUEUES = List.of("frames:ready:a", "frames:ready:b", "frames:ready:c");

    private final TestRedis redis;
    private final GroupReader reader = new GroupReader(KEYS.capture(), GROUP, CONSUMER);
    private final AtomicInteger number = new AtomicInteger();

    public CaptureStream(TestRedis redis) {
        this.redis = redis;
    }

    /** Captures and reads frames of one camera; they are then pending. */
    public List<StreamEntry> frames(int count, String camera) {
        reader.ensureGroup(redis.connection());
        QUEUES.forEach(queue -> WorkQueue.ensure(redis.connection(), queue));
        for (int i = 0; i < count; i++) {
            redis.add(KEYS.capture(), Fields.ofText("frame_id", "f" + number.incrementAndGet(), "camera_id", camera));
        }
        return count == 0 ? List.of() : reader.readNew(redis.connection(), count, Duration.ZERO);
    }

    /** The cursor of this consumer: its last entry that is counted as captured. */
    public EntryId cursor(String consumer) {
        return new HandOff(KEYS, CONSUMER, HandOff.HandOffLimits.DEFAULT).mark(redis.connection(), consumer).cursor();
    }

    public List<StreamEntry> frames(int count) {
        return frames(count, "cam");
    }

    /** A move of a frame into these queues. */
    public static Move.ToQueues to(StreamEntry frame, String... queues) {
        return new Move.ToQueues(frame.id(), frame.id(), camera(frame),
                Arrays.stream(queues).map(queue -> new Move.QueueTarget(queue, queued(frame, frame.id()))).toList());
    }

    /** The fields of a frame in a queue. */
    public static Fields queued(StreamEntry frame, EntryId captureId) {
        return Objects.requireNonNull(frame.fields()).without(FieldNames.of("capture_id", "attempt"))
                .put("attempt", "1")
                .put("capture_id", captureId.toString()).fields();
    }

    public static String camera(StreamEntry frame) {
        return Objects.requireNonNull(Objects.requireNonNull(frame.fields()).text("camera_id"));
    }

    public static String name(StreamEntry frame) {
        return Objects.requireNonNull(Objects.requireNonNull(frame.fields()).text("frame_id"));
    }

    public List<EntryId> pending() {
        return redis.pending(KEYS.capture(), GROUP);
    }

    /** The names of the frames in a queue, in order. */
    public List<String> queued(String queue) {
        return redis.entries(queue).stream().map(CaptureStream::name).toList();
    }
}
