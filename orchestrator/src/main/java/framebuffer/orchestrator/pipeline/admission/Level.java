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
 * Waiting frames of one priority in one line. Cameras take turns, so that each gets an equal share however many frames it sends; the
 * oldest frame of a camera goes first.
 *
 * <p>
 * This is start-time fair queueing with frames as units of service (Goyal, Vin, Cheng: "Start-time Fair Queueing", 1996), with one
 * difference: a new camera begins at the next turn, so that ever new cameras cannot hold back a waiting one. A camera that has used its
 * turn also waits for the next one, so a camera without waiting frames need not be remembered.
 */
final class Level<W extends WindowItem> {
    private static final int SLACK = 64;

    private final Map<String, CameraQueue<W>> cameras = new HashMap<>();
    private final Order<W> byTurn = new Order<>(CameraRank::byTurn);
    private final Order<W> byAge = new Order<>(CameraRank::byAge);
    /** Built on first use: only while a more urgent frame waits. */
    private @Nullable Order<W> byStamp;
    /** In order of arrival; frames that have left are dropped when they reach the front. */
    private final Deque<LineEntry<W>> arrivals = new ArrayDeque<>();
    private long turn;
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    /** The frame whose turn it is. */
    LineEntry<W> next() {
        return byTurn.first().queue.waiters.oldest();
    }

    LineEntry<W> oldest() {
        return byAge.first().queue.waiters.oldest();
    }

    /** The frame with the earliest age stamp among the first frames of all cameras. */
    LineEntry<W> eldest() {
        if (byStamp == null) {
            byStamp = new Order<>(CameraRank::byStamp);
            cameras.values().stream().map(queue -> queue.rank).filter(Objects::nonNull).forEach(byStamp::add);
        }
        return byStamp.first().queue.waiters.oldest();
    }

    /** More urgent frames that had left the line when the first frame here arrived. */
    long passedBefore() {
        while (arrivals.element().gone) {
            arrivals.remove().listed = false;
        }
        return arrivals.element().passedBefore;
    }

    /** Adds a frame; {@code passedBefore} more urgent frames had left the line by then. */
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

    /** Inserts by {@code passedBefore}; nearly always at the end. */
    private void arrives(LineEntry<W> entry) {
        entry.listed = true;
        Deque<LineEntry<W>> later = new ArrayDeque<>();
        while (!arrivals.isEmpty() && arrivals.getLast().passedBefore > entry.passedBefore) {
            later.push(arrivals.removeLast());
        }
        arrivals.addLast(entry);
        arrivals.addAll(later);
    }

    /** The oldest frame of its camera goes. */
    void take(LineEntry<W> entry) {
        turn = Math.max(turn, entry.queue.turn);
        hold(entry);
    }

    /** Holds the oldest frame of its camera until {@link #putBack}. Other cameras are offered slots first. */
    void hold(LineEntry<W> entry) {
        entry.queue.turn++;
        leave(entry);
    }

    /** The oldest frame of its camera leaves without going, and the camera keeps its turn. */
    void leave(LineEntry<W> entry) {
        entry.queue.waiters.removeOldest();
        leaves(entry);
        moved(entry.queue);
    }

    /** Puts a held frame back in its place. */
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

    /** Drops entries that have left, because those behind the front would stay as long as the front does. */
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

    /** Gives a camera its new rank after its turn or its oldest frame has changed; none when it has no frame. */
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
