package framebuffer.orchestrator.pipeline.admission;

import org.jspecify.annotations.Nullable;

/** Frames of one camera that wait in one level, the oldest first. */
final class CameraQueue<W extends WindowItem> {
    final String camera;
    final AgeQueue<W> waiters = new AgeQueue<>();
    /** The camera with the lowest goes next. Grows by one with each of its frames that goes. */
    long turn;
    /** Among the cameras of its level; null while nothing of it waits. */
    @Nullable
    CameraRank<W> rank;

    CameraQueue(String camera, long turn) {
        this.camera = camera;
        this.turn = turn;
    }

    boolean isEmpty() {
        return waiters.isEmpty();
    }
}
