package framebuffer.app.camera;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.tables.CameraReportStore;
import framebuffer.vision.camera.Camera;
import framebuffer.vision.camera.CameraState;
import framebuffer.wire.Keys;
import framebuffer.wire.control.CameraReport;
import framebuffer.wire.control.CameraReport.Phase;
import framebuffer.wire.control.CameraReport.VideoRates;
import framebuffer.wire.control.CameraReport.VideoSize;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Stores what the cameras of one partition say of their videos: a change within a second, everything every five seconds. Of a camera
 * that has finished because its video has ended, the last report stays.
 */
public final class CameraReports implements RedisLoop.Work {
    private static final Duration REST = Duration.ofSeconds(1);
    private static final int ALL_EVERY = 5;

    private final Keys keys;
    private final Map<String, Camera> cameras = new ConcurrentHashMap<>();
    private final Queue<String> gone = new ConcurrentLinkedQueue<>();
    private final Map<String, CameraReport> ended = new ConcurrentHashMap<>();
    private final Map<String, Phase> said = new HashMap<>();
    private int turns;

    public CameraReports(Keys keys) {
        this.keys = keys;
    }

    /** Adds a camera, in the place of an earlier one with the same id. Thread-safe. */
    public void add(Camera camera) {
        ended.remove(camera.cameraId());
        cameras.put(camera.cameraId(), camera);
    }

    /** Removes a camera. Thread-safe. */
    public void remove(Camera camera) {
        if (cameras.remove(camera.cameraId(), camera)) {
            gone.add(camera.cameraId());
        }
    }

    /** Removes a camera that has finished. If its video has ended, its last report stays. Thread-safe. */
    public void finished(Camera camera) {
        if (hasEnded(camera)) {
            ended.put(camera.cameraId(), report(camera));
        }
        remove(camera);
    }

    @Override
    public Duration rest() {
        return REST;
    }

    @Override
    public void connected(RedisConnection redis) {
        turns = 0;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        List<String> leaving = new ArrayList<>();
        for (String id = gone.poll(); id != null; id = gone.poll()) {
            if (!cameras.containsKey(id)) {
                leaving.add(id);
                said.remove(id);
            }
        }
        CameraReportStore.remove(redis, keys, leaving);
        putEnded(redis);
        boolean all = turns++ % ALL_EVERY == 0;
        Map<String, CameraReport> reports = new HashMap<>();
        cameras.forEach((id, camera) -> {
            CameraReport report = report(camera);
            if (said.put(id, report.phase()) != report.phase() || all) {
                reports.put(id, report);
            }
        });
        CameraReportStore.put(redis, keys, reports);
    }

    private void putEnded(RedisConnection redis) {
        Map<String, CameraReport> last = new HashMap<>(ended);
        last.keySet().removeAll(cameras.keySet());
        CameraReportStore.put(redis, keys, last);
        last.forEach(ended::remove);
    }

    /** Nobody reports on these cameras any more. */
    @Override
    public void stopping(RedisConnection redis) {
        gone.addAll(cameras.keySet());
        CameraReportStore.remove(redis, keys, List.copyOf(gone));
        putEnded(redis);
    }

    private static boolean hasEnded(Camera camera) {
        return camera.finished().isDone() && !camera.finished().isCompletedExceptionally();
    }

    private static CameraReport report(Camera camera) {
        CameraState state = camera.state();
        return new CameraReport(switch (state.phase()) {
            case OPENING -> Phase.OPENING;
            case PLAYING -> Phase.PLAYING;
            case WAITING -> Phase.WAITING;
            // A camera that fails is opened again, or missed.
            case ENDED -> hasEnded(camera) ? Phase.ENDED : Phase.WAITING;
        }, state.reason(), state.since(), state.lastPicture(), state.decoder(),
                new VideoSize(state.width(), state.height()),
                new VideoRates(state.picturesPerSecond(), state.framesPerSecond()), state.since());
    }
}
