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
            cameras.values().stream().map(queue -> queue.place).filter(Objects::nonNull).forEach(byStamp::add);
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
    void add(W waiting, PriorWait standing, long passedBefore) {
        CameraQueue<W> queue = cameras.computeIfAbsent(waiting.cameraId(),
                camera -> new CameraQueue<>(camera, turn + 1));
        LineEntry<W> waiter = new LineEntry<>(waiting, queue, standing, passedBefore);
        arrives(waiter);
        size++;
        queue.waiters.add(waiter);
        if (queue.waiters.oldest() == waiter) {
            moved(queue);
        }
    }

    /** In order of how many had passed before it; nearly always that is the end. */
    private void arrives(LineEntry<W> waiter) {
        waiter.listed = true;
        Deque<LineEntry<W>> later = new ArrayDeque<>();
        while (!arrivals.isEmpty() && arrivals.getLast().passedBefore > waiter.passedBefore) {
            later.push(arrivals.removeLast());
        }
        arrivals.addLast(waiter);
        arrivals.addAll(later);
    }

    /** It goes: it is the oldest of its camera. */
    void take(LineEntry<W> waiter) {
        turn = Math.max(turn, waiter.queue.turn);
        hold(waiter);
    }

    /** It is held, and comes back: it is the oldest of its camera. Those of other cameras are looked at before the next of its own. */
    void hold(LineEntry<W> waiter) {
        waiter.queue.turn++;
        leave(waiter);
    }

    /** It leaves without going: it is the oldest of its camera, whose turn it still is. */
    void leave(LineEntry<W> waiter) {
        waiter.queue.waiters.removeOldest();
        leaves(waiter);
        moved(waiter.queue);
    }

    /** One that was held comes back to its place. */
    void putBack(LineEntry<W> waiter) {
        waiter.gone = false;
        size++;
        if (!waiter.listed) {
            arrives(waiter);
        }
        CameraQueue<W> queue = waiter.queue;
        queue.turn--;
        queue.waiters.add(waiter);
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
        byAge.all().forEach(place -> removeIf(place.queue, matches, removed));
    }

    private void removeIf(CameraQueue<W> queue, Predicate<? super W> matches, Consumer<LineEntry<W>> removed) {
        List<LineEntry<W>> leaving = queue.waiters.removeIf(matches);
        if (!leaving.isEmpty()) {
            moved(queue);
            leaving.forEach(waiter -> {
                leaves(waiter);
                removed.accept(waiter);
            });
        }
    }

    /** Those that have left and are not at the front would be kept for as long as the first stays. */
    private void leaves(LineEntry<W> waiter) {
        waiter.gone = true;
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
            queue.place = null;
            cameras.remove(queue.camera, queue);
            return;
        }
        CameraRank<W> place = new CameraRank<>(queue);
        queue.place = place;
        byTurn.add(place);
        byAge.add(place);
        if (byStamp != null) {
            byStamp.add(place);
        }
    }
}
