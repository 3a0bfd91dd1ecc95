package framebuffer.orchestrator.admission;

import framebuffer.wire.EntryId;

/** One that waits in a line. Compared by age, the oldest first. */
final class Waiter<W extends Waiting> implements Comparable<Waiter<W>> {
    final W waiting;
    final CameraQueue<W> queue;
    final EntryId captureId;
    /** How many more urgent ones had left the line when it came. */
    final long passedBefore;
    /** It has left. */
    boolean gone;

    Waiter(W waiting, CameraQueue<W> queue, long passedBefore) {
        this.waiting = waiting;
        this.queue = queue;
        this.captureId = waiting.captureId();
        this.passedBefore = passedBefore;
    }

    boolean isOlderThan(Waiter<W> other) {
        return compareTo(other) < 0;
    }

    @Override
    public int compareTo(Waiter<W> other) {
        return captureId.compareTo(other.captureId);
    }
}
