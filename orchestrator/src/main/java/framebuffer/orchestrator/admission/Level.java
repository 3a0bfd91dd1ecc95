package framebuffer.orchestrator.admission;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
    private final TreeSet<CameraQueue<W>> byTurn = new TreeSet<>(CameraQueue.byTurn());
    private final TreeSet<CameraQueue<W>> byAge = new TreeSet<>(CameraQueue.byAge());
    /** Cameras of which nothing waits, remembered until the turn has passed them. */
    private final Deque<CameraQueue<W>> idle = new ArrayDeque<>();
    /** In the order in which they came; those that have gone are dropped when they get to the front. */
    private final Deque<Waiter<W>> arrivals = new ArrayDeque<>();
    private long turn;
    private int size;

    boolean isEmpty() {
        return byTurn.isEmpty();
    }

    /** Whose turn it is. */
    Waiter<W> next() {
        return byTurn.first().oldest();
    }

    Waiter<W> oldest() {
        return byAge.first().oldest();
    }

    /** How many more urgent ones had left the line when the first of those that are here came. */
    long passedBefore() {
        while (arrivals.element().gone) {
            arrivals.remove();
        }
        return arrivals.element().passedBefore;
    }

    void add(Waiter<W> waiter) {
        arrivals.addLast(waiter);
        size++;
        CameraQueue<W> queue = cameras.computeIfAbsent(waiter.waiting.cameraId(),
                camera -> new CameraQueue<>(camera, turn));
        if (queue.isEmpty()) {
            queue.turn = Math.max(queue.turn, turn);
        }
        enqueue(queue, waiter);
    }

    /** It goes, or is held: it is the oldest of its camera. */
    void take(Waiter<W> waiter) {
        CameraQueue<W> queue = queue(waiter);
        leaveOrder(queue);
        queue.waiters.remove();
        leaves(waiter);
        turn = Math.max(turn, queue.turn);
        queue.turn++;
        rejoinOrder(queue);
        forgetIdle();
    }

    /** One that was taken did not go after all. */
    void putBack(Waiter<W> waiter) {
        waiter.gone = false;
        size++;
        arrivals.addFirst(waiter);
        CameraQueue<W> queue = queue(waiter);
        leaveOrder(queue);
        queue.turn--;
        enqueue(queue, waiter);
    }

    boolean hasNewer(W waiting) {
        CameraQueue<W> queue = cameras.get(waiting.cameraId());
        return queue != null && queue.waiters.stream().anyMatch(waiter -> !waiter.waiting.begun()
                && waiter.waiting.captureId().compareTo(waiting.captureId()) > 0);
    }

    void removeOlder(W waiting, Consumer<? super W> removed) {
        CameraQueue<W> queue = cameras.get(waiting.cameraId());
        if (queue != null) {
            removeIf(queue,
                    one -> !one.begun() && one.captureId().compareTo(waiting.captureId()) < 0, removed);
        }
    }

    void removeIf(Predicate<? super W> matches, Consumer<? super W> removed) {
        List.copyOf(byAge).forEach(queue -> removeIf(queue, matches, removed));
    }

    private void removeIf(CameraQueue<W> queue, Predicate<? super W> matches, Consumer<? super W> removed) {
        Set<Waiter<W>> leaving = Collections.newSetFromMap(new IdentityHashMap<>());
        queue.waiters.stream().filter(waiter -> matches.test(waiter.waiting)).forEach(leaving::add);
        if (!leaving.isEmpty()) {
            leaveOrder(queue);
            queue.waiters.removeIf(leaving::contains);
            rejoinOrder(queue);
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

    private CameraQueue<W> queue(Waiter<W> waiter) {
        return cameras.computeIfAbsent(waiter.waiting.cameraId(), camera -> new CameraQueue<>(camera, turn));
    }

    private void enqueue(CameraQueue<W> queue, Waiter<W> waiter) {
        if (!queue.isEmpty() && queue.oldest().isOlderThan(waiter)) {
            queue.waiters.add(waiter);
            joinOrder(queue);
            return;
        }
        leaveOrder(queue);
        queue.waiters.add(waiter);
        joinOrder(queue);
    }

    /** Before anything that the order depends on changes. */
    private void leaveOrder(CameraQueue<W> queue) {
        if (!queue.isEmpty()) {
            byTurn.remove(queue);
            byAge.remove(queue);
        }
    }

    private void joinOrder(CameraQueue<W> queue) {
        byTurn.add(queue);
        byAge.add(queue);
    }

    private void rejoinOrder(CameraQueue<W> queue) {
        if (queue.isEmpty()) {
            idle.add(queue);
        } else {
            joinOrder(queue);
        }
    }

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
