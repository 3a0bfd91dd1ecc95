package framebuffer.orchestrator.pipeline.admission;

import framebuffer.wire.EntryId;

/** One that waits in a line. Compared by age, the oldest first. */
final class LineEntry<W extends WindowItem> implements Comparable<LineEntry<W>> {
    final W waiting;
    final CameraQueue<W> queue;
    /** Its place by age: when it was captured, or the first of those that it has superseded. */
    final EntryId since;
    /** Since when its age counts, or that of the first of those that it has superseded. */
    final long agesSince;
    /** How many more urgent ones had left the line when it came. */
    final long passedBefore;
    /** It has left. */
    boolean gone;
    /** It is among the arrivals of its level. */
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
