package framebuffer.orchestrator.admission;

/** One that waits in a line. Compared by age, the oldest first. */
final class Waiter<W extends Waiting> implements Comparable<Waiter<W>> {
    final W waiting;
    /** How many more urgent ones had left the line when it came. */
    final long passedBefore;
    /** It has left. */
    boolean gone;

    Waiter(W waiting, long passedBefore) {
        this.waiting = waiting;
        this.passedBefore = passedBefore;
    }

    boolean isOlderThan(Waiter<W> other) {
        return compareTo(other) < 0;
    }

    @Override
    public int compareTo(Waiter<W> other) {
        return waiting.captureId().compareTo(other.waiting.captureId());
    }
}
