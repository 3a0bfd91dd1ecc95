package framebuffer.orchestrator.pipeline.admission;

import org.jspecify.annotations.Nullable;

/** Waiting frames of one camera and priority, oldest first. */
final class CameraQueue<W extends WindowItem> {
    final String camera;
    final AgeQueue<W> waiters = new AgeQueue<>();
    /** The camera with the lowest turn is next; each of its frames that goes adds one. */
    long turn;
    /** Its rank within the level; null while no frame waits. */
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
