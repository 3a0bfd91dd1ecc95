package framebuffer.orchestrator.pipeline.admission;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Those of one priority in one line. Cameras take turns, so that each gets an equal share however many frames it sends; within a
 * camera the oldest goes first.
 *
 * <p>
 * This is start-time fair queueing with frames as units of service (Goyal, Vin, Cheng: "Start-time Fair Queueing", 1996), with one
 * difference: a camera that comes while others wait begins at the turn that is next, so that cameras that are ever new cannot keep
 * one back that waits. One that has had its share waits until the others have had theirs; that is the next turn too, so that a camera of
 * which nothing waits need not be remembered.
 */
final class Level<W extends WindowItem> {
    private static final int SLACK = 64;

    private final Map<String, CameraQueue<W>> cameras = new HashMap<>();
    private final Order<W> byTurn = new Order<>(CameraRank::byTurn);
    private final Order<W> byAge = new Order<>(CameraRank::byAge);
    /** Built when it is first asked for: only while something more urgent waits. */
    private @Nullable Order<W> byStamp;
    /** In the order in which they first came; those that have gone are dropped when they get to the front. */
    private final Deque<LineEntry<W>> arrivals = new ArrayDeque<>();
    private long turn;
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    /** Whose turn it is. */
    LineEntry<W> next() {
        return byTurn.first().queue.waiters.oldest();
    }

    LineEntry<W> oldest() {
        return byAge.first().queue.waiters.oldest();
    }

    /** Of those that are the first of their camera, the one whose age counts the longest. */
    LineEntry<W> eldest() {
        if (byStamp == null) {
            byStamp = new Order<>(CameraRank::byStamp);
            cameras.values().stream().map(queue -> queue.rank).filter(Objects::nonNull).forEach(byStamp::add);
        }
        return byStamp.first().queue.waiters.oldest();
    }

    /** How many more urgent ones had left the line when the first of those that are here came. */
    long passedBefore() {
        while (arrivals.element().gone) {
            arrivals.remove().listed = false;
        }
        return arrivals.element().passedBefore;
    }

    /** Lets one in, before which so many more urgent ones have left the line. */
    void add(W waiting, PriorWait priorWait, long passedBefore) {
        CameraQueue<W> queue = cameras.computeIfAbsent(waiting.cameraId(),
                camera -> new CameraQueue<>(camera, turn + 1));
        LineEntry<W> entry = new LineEntry<>(waiting, queue, priorWait, passedBefore);
        arrives(entry);
        size++;
        queue.waiters.add(entry);
        if (queue.waiters.oldest() == entry) {
            moved(queue);
        }
    }

    /** In order of how many had passed before it; nearly always that is the end. */
    private void arrives(LineEntry<W> entry) {
        entry.listed = true;
        Deque<LineEntry<W>> later = new ArrayDeque<>();
        while (!arrivals.isEmpty() && arrivals.getLast().passedBefore > entry.passedBefore) {
            later.push(arrivals.removeLast());
        }
        arrivals.addLast(entry);
        arrivals.addAll(later);
    }

    /** It goes: it is the oldest of its camera. */
    void take(LineEntry<W> entry) {
        turn = Math.max(turn, entry.queue.turn);
        hold(entry);
    }

    /** It is held, and comes back: it is the oldest of its camera. Those of other cameras are looked at before the next of its own. */
    void hold(LineEntry<W> entry) {
        entry.queue.turn++;
        leave(entry);
    }

    /** It leaves without going: it is the oldest of its camera, whose turn it still is. */
    void leave(LineEntry<W> entry) {
        entry.queue.waiters.removeOldest();
        leaves(entry);
        moved(entry.queue);
    }

    /** One that was held comes back to its place. */
    void putBack(LineEntry<W> entry) {
        entry.gone = false;
        size++;
        if (!entry.listed) {
            arrives(entry);
        }
        CameraQueue<W> queue = entry.queue;
        queue.turn--;
        queue.waiters.add(entry);
        cameras.put(queue.camera, queue);
        moved(queue);
    }

    boolean hasNewer(W waiting) {
        CameraQueue<W> queue = cameras.get(waiting.cameraId());
        return queue != null && queue.waiters.anyMatch(
                one -> !one.begun() && one.captureId().compareTo(waiting.captureId()) > 0);
    }

    void removeOlder(W waiting, Consumer<LineEntry<W>> removed) {
        CameraQueue<W> queue = cameras.get(waiting.cameraId());
        if (queue != null) {
            removeIf(queue, one -> !one.begun() && one.captureId().compareTo(waiting.captureId()) < 0, removed);
        }
    }

    void removeIf(Predicate<? super W> matches, Consumer<LineEntry<W>> removed) {
        byAge.all().forEach(rank -> removeIf(rank.queue, matches, removed));
    }

    private void removeIf(CameraQueue<W> queue, Predicate<? super W> matches, Consumer<LineEntry<W>> removed) {
        List<LineEntry<W>> leaving = queue.waiters.removeIf(matches);
        if (!leaving.isEmpty()) {
            moved(queue);
            leaving.forEach(entry -> {
                leaves(entry);
                removed.accept(entry);
            });
        }
    }

    /** Those that have left and are not at the front would be kept for as long as the first stays. */
    private void leaves(LineEntry<W> entry) {
        entry.gone = true;
        size--;
        if (arrivals.size() > 2 * size + SLACK) {
            arrivals.removeIf(one -> {
                one.listed = !one.gone;
                return one.gone;
            });
        }
    }

    /** Its turn has changed, or who its oldest is: from now on it has another place, or none. */
    private void moved(CameraQueue<W> queue) {
        if (queue.isEmpty()) {
            queue.rank = null;
            cameras.remove(queue.camera, queue);
            return;
        }
        CameraRank<W> rank = new CameraRank<>(queue);
        queue.rank = rank;
        byTurn.add(rank);
        byAge.add(rank);
        if (byStamp != null) {
            byStamp.add(rank);
        }
    }
}
