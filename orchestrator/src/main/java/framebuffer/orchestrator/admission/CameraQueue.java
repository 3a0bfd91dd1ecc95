package framebuffer.orchestrator.admission;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Frames of one camera that wait in one level, the oldest first. */
final class CameraQueue<W extends Waiting> {
    final String camera;
    final PriorityQueue<Waiter<W>> waiters = new PriorityQueue<>();
    /** The camera with the lowest goes next. Grows by one with each of its frames that goes. */
    long turn;

    CameraQueue(String camera, long turn) {
        this.camera = camera;
        this.turn = turn;
    }

    Waiter<W> oldest() {
        return waiters.element();
    }

    boolean isEmpty() {
        return waiters.isEmpty();
    }

    /** Two cameras are never equal: where one entry is waiting twice, the name decides. */
    static <W extends Waiting> Comparator<CameraQueue<W>> byAge() {
        return Comparator.comparing((CameraQueue<W> queue) -> queue.oldest()).thenComparing(queue -> queue.camera);
    }

    static <W extends Waiting> Comparator<CameraQueue<W>> byTurn() {
        return Comparator.comparingLong((CameraQueue<W> queue) -> queue.turn).thenComparing(byAge());
    }
}
