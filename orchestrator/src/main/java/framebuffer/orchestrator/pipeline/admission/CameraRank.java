package framebuffer.orchestrator.pipeline.admission;

import framebuffer.wire.EntryId;

/** Immutable rank of a camera within its level: its turn, and the capture and stamp of its oldest frame. A change makes a new rank. */
final class CameraRank<W extends WindowItem> {
    final CameraQueue<W> queue;
    private final EntryId since;
    private final long agesSince;
    private final long turn;

    CameraRank(CameraQueue<W> queue) {
        this.queue = queue;
        this.since = queue.waiters.oldest().since;
        this.agesSince = queue.waiters.oldest().agesSince;
        this.turn = queue.turn;
    }

    boolean isLeft() {
        return queue.rank != this;
    }

    /** Two cameras never compare equal: when the same entry waits twice, the name decides. */
    static <W extends WindowItem> int byAge(CameraRank<W> one, CameraRank<W> other) {
        int byAge = one.since.compareTo(other.since);
        return byAge != 0 ? byAge : one.queue.camera.compareTo(other.queue.camera);
    }

    static <W extends WindowItem> int byStamp(CameraRank<W> one, CameraRank<W> other) {
        return one.agesSince != other.agesSince ? Long.compare(one.agesSince, other.agesSince) : byAge(one, other);
    }

    static <W extends WindowItem> int byTurn(CameraRank<W> one, CameraRank<W> other) {
        return one.turn != other.turn ? Long.compare(one.turn, other.turn) : byAge(one, other);
    }
}
