package framebuffer.vision.camera;

import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.wire.TraceContext;
import framebuffer.wire.text.Fields;
import framebuffer.wire.text.Timestamps;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Converts a camera's pictures to frames and publishes the wanted share. A frame that cannot be published is dropped and counted, because a
 * camera does not wait.
 */
final class Announcer {
    private static final Logger log = LoggerFactory.getLogger(Announcer.class);

    private final CameraSettings settings;
    private final FrameSink sink;
    private final String metadata;
    private final AtomicLong captured = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong heldBack = new AtomicLong();
    private final Share share = new Share();
    private long number;
    private long droppedBefore;
    private boolean dropping;

    Announcer(CameraSettings settings, FrameSink sink) {
        this.settings = settings;
        this.sink = sink;
        this.metadata = settings.announcement().metadata(settings.pictures().fps());
    }

    /** Publishes the picture if it belongs to the wanted share; returns whether it was published. */
    boolean announce(Shot shot, Instant now) {
        if (!share.takes(wanted(now))) {
            heldBack.incrementAndGet();
            return false;
        }
        String frameId = settings.cameraId() + '-' + now.toEpochMilli() + '-' + number++;
        try {
            sink.publish(frameId, fields(frameId, shot, now), shot.jpeg());
            captured.incrementAndGet();
            published();
            return true;
        } catch (RedisUnavailable | RedisRefused e) {
            dropped(e);
            return false;
        }
    }

    CameraStatistics statistics(long undecodable) {
        return new CameraStatistics(captured.get(), dropped.get(), heldBack.get(), undecodable);
    }

    private double wanted(Instant now) {
        double wanted = settings.share().getAsDouble();
        String report = share.report(wanted, now);
        if (report != null) {
            log.info("camera {} {}", settings.cameraId(), report);
        }
        return wanted;
    }

    private Fields fields(String frameId, Shot shot, Instant now) {
        Fields.Writer fields = new Fields.Writer(20).put("frame_id", frameId).put("camera_id", settings.cameraId())
                .put("timestamp", Timestamps.micros(now)).put("size_bytes", Integer.toString(shot.jpeg().length))
                .put("width", Integer.toString(shot.width())).put("height", Integer.toString(shot.height()))
                .put("format", "jpeg").put("priority", Integer.toString(settings.announcement().priority()))
                .put("metadata", metadata);
        TraceContext trace = settings.announcement().traces().begin(frameId, settings.cameraId());
        return trace == null ? fields.fields() : fields.put("traceparent", trace.traceparent()).fields();
    }

    private void published() {
        if (dropping) {
            dropping = false;
            log.info("camera {} publishes again; {} pictures were dropped", settings.cameraId(),
                    dropped.get() - droppedBefore);
        }
    }

    private void dropped(RuntimeException e) {
        if (!dropping) {
            dropping = true;
            droppedBefore = dropped.get();
            log.warn("camera {} drops its pictures: {}", settings.cameraId(), e.getMessage());
        }
        dropped.incrementAndGet();
    }
}
