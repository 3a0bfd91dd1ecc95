package framebuffer.orchestrator.admission;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Those of one priority in one line. Cameras take turns, so that each gets an equal share however many frames it sends; within a
 * camera the oldest goes first.
 *
 * <p>
 * This is start-time fair queueing with frames as units of service (Goyal, Vin, Cheng: "Start-time Fair Queueing", 1996): a camera
 * that comes while others wait begins at the turn that is now; one that has had its share waits until the others have had theirs.
 */
final class Level<W extends Waiting> {
    private static final int SLACK = 64;

    private final Map<String, CameraQueue<W>> cameras = new HashMap<>();
    private final Order<W> byTurn = new Order<>(Place::byTurn);
    private final Order<W> byAge = new Order<>(Place::byAge);
    /** Cameras of which nothing waits, remembered until the turn has passed them. */
    private final Deque<CameraQueue<W>> idle = new ArrayDeque<>();
    /** In the order in which they first came; those that have gone are dropped when they get to the front. */
    private final Deque<Waiter<W>> arrivals = new ArrayDeque<>();
    private long turn;
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    /** Whose turn it is. */
    Waiter<W> next() {
        return byTurn.first().queue.waiters.oldest();
    }

    Waiter<W> oldest() {
        return byAge.first().queue.waiters.oldest();
    }

    /** How many more urgent ones had left the line when the first of those that are here came. */
    long passedBefore() {
        while (arrivals.element().gone) {
            arrivals.remove();
        }
        return arrivals.element().passedBefore;
    }

    /** Lets one in, before which so many more urgent ones have left the line. */
    void add(W waiting, long passedBefore) {
        forgetIdle();
        CameraQueue<W> queue = cameras.computeIfAbsent(waiting.cameraId(), camera -> new CameraQueue<>(camera, turn));
        Waiter<W> waiter = new Waiter<>(waiting, queue, passedBefore);
        arrives(waiter);
        size++;
        if (queue.isEmpty()) {
            queue.turn = Math.max(queue.turn, turn);
        }
        queue.waiters.add(waiter);
        if (queue.waiters.oldest() == waiter) {
            moved(queue);
        }
    }

    /** One that comes again takes its place among those that came when it did first; it was at the front, so few are before it. */
    private void arrives(Waiter<W> waiter) {
        if (arrivals.isEmpty() || arrivals.getLast().passedBefore <= waiter.passedBefore) {
            arrivals.addLast(waiter);
            return;
        }
        Deque<Waiter<W>> earlier = new ArrayDeque<>();
        while (arrivals.getFirst().passedBefore < waiter.passedBefore) {
            earlier.push(arrivals.removeFirst());
        }
        arrivals.addFirst(waiter);
        earlier.forEach(arrivals::addFirst);
    }

    /** It goes, or is held: it is the oldest of its camera. */
    void take(Waiter<W> waiter) {
        CameraQueue<W> queue = waiter.queue;
        queue.waiters.removeOldest();
        leaves(waiter);
        turn = Math.max(turn, queue.turn);
        queue.turn++;
        moved(queue);
    }

    /** One that was taken did not go after all. */
    void putBack(Waiter<W> waiter) {
        waiter.gone = false;
        size++;
        arrivals.addFirst(waiter);
        CameraQueue<W> queue = waiter.queue;
        queue.turn--;
        queue.waiters.add(waiter);
        moved(queue);
    }

    boolean hasNewer(W waiting) {
        CameraQueue<W> queue = cameras.get(waiting.cameraId());
        return queue != null && queue.waiters.anyMatch(
                one -> !one.begun() && one.captureId().compareTo(waiting.captureId()) > 0);
    }

    void removeOlder(W waiting, Consumer<? super W> removed) {
        CameraQueue<W> queue = cameras.get(waiting.cameraId());
        if (queue != null) {
            removeIf(queue, one -> !one.begun() && one.captureId().compareTo(waiting.captureId()) < 0, removed);
        }
    }

    void removeIf(Predicate<? super W> matches, Consumer<? super W> removed) {
        byAge.all().forEach(place -> removeIf(place.queue, matches, removed));
    }

    private void removeIf(CameraQueue<W> queue, Predicate<? super W> matches, Consumer<? super W> removed) {
        List<Waiter<W>> leaving = queue.waiters.removeIf(matches);
        if (!leaving.isEmpty()) {
            moved(queue);
            leaving.forEach(waiter -> {
                leaves(waiter);
                removed.accept(waiter.waiting);
            });
        }
    }

    /** Those that have left and are not at the front would be kept for as long as the first stays. */
    private void leaves(Waiter<W> waiter) {
        waiter.gone = true;
        size--;
        if (arrivals.size() > 2 * size + SLACK) {
            arrivals.removeIf(one -> one.gone);
        }
    }

    /** Its turn has changed, or who its oldest is: from now on it has another place, or none. */
    private void moved(CameraQueue<W> queue) {
        if (queue.isEmpty()) {
            queue.place = null;
            idle.add(queue);
            return;
        }
        Place<W> place = new Place<>(queue);
        queue.place = place;
        byTurn.add(place);
        byAge.add(place);
    }

    /** Not when one is taken: it may be held, and then it comes back to its camera, which has its turn again. */
    private void forgetIdle() {
        for (CameraQueue<W> first = idle.peek(); first != null && (!first.isEmpty() || first.turn <= turn); first = idle
                .peek()) {
            idle.remove();
            if (first.isEmpty()) {
                cameras.remove(first.camera, first);
            }
        }
    }
}
