package framebuffer.orchestrator.pipeline.admission;

import framebuffer.wire.EntryId;

/** A frame that waits in a line. Compared by age, oldest first. */
final class LineEntry<W extends WindowItem> implements Comparable<LineEntry<W>> {
    final W waiting;
    final CameraQueue<W> queue;
    /** Its place by age: its capture, or that of the first frame that it superseded. */
    final EntryId since;
    /** Its age stamp, or that of the first frame that it superseded. */
    final long agesSince;
    /** More urgent frames that had left the line when it came. */
    final long passedBefore;
    /** Whether it has left. */
    boolean gone;
    /** Whether it is in the arrivals of its level. */
    boolean listed;

    LineEntry(W waiting, CameraQueue<W> queue, PriorWait priorWait, long passedBefore) {
        this.waiting = waiting;
        this.queue = queue;
        this.since = priorWait.since();
        this.agesSince = priorWait.agesSince();
        this.passedBefore = passedBefore;
    }

    boolean isOlderThan(LineEntry<W> other) {
        return compareTo(other) < 0;
    }

    @Override
    public int compareTo(LineEntry<W> other) {
        return since.compareTo(other.since);
    }
}
