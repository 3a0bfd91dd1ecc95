package framebuffer.orchestrator.pipeline.admission;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Waiting frames, oldest first. Most arrive in that order and are appended; the others are inserted in their place. */
final class AgeQueue<W extends WindowItem> {
    private final Deque<LineEntry<W>> inOrder = new ArrayDeque<>();
    private final Queue<LineEntry<W>> late = new PriorityQueue<>();

    boolean isEmpty() {
        return inOrder.isEmpty() && late.isEmpty();
    }

    void add(LineEntry<W> entry) {
        if (inOrder.isEmpty() || !entry.isOlderThan(inOrder.getLast())) {
            inOrder.addLast(entry);
        } else {
            late.add(entry);
        }
    }

    /** The oldest; the queue is not empty. */
    LineEntry<W> oldest() {
        return first().element();
    }

    void removeOldest() {
        first().remove();
    }

    boolean anyMatch(Predicate<? super W> matches) {
        return Stream.concat(inOrder.stream(), late.stream()).anyMatch(entry -> matches.test(entry.waiting));
    }

    /** Removes the entries that match, and returns them. */
    List<LineEntry<W>> removeIf(Predicate<? super W> matches) {
        List<LineEntry<W>> removed = new ArrayList<>();
        Predicate<LineEntry<W>> leaves = entry -> matches.test(entry.waiting) && removed.add(entry);
        inOrder.removeIf(leaves);
        late.removeIf(leaves);
        return removed;
    }

    private Queue<LineEntry<W>> first() {
        return late.isEmpty() || (!inOrder.isEmpty() && !late.element().isOlderThan(inOrder.element()))
                ? inOrder
                : late;
    }
}
