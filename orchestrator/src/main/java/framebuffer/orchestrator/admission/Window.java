package framebuffer.orchestrator.admission;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Predicate;

/**
 * Frames that wait for a processor, the most urgent first, within one priority the oldest first. Those that need the same wait in one
 * line; a line whose first cannot go does not hold up the others. For one thread.
 *
 * <p>
 * They are all still pending in their streams: losing the window loses nothing.
 */
public final class Window<W extends Waiting> {
    private final int limit;
    private final Map<List<String>, PriorityQueue<W>> lines = new HashMap<>();
    private final PriorityQueue<W> later = new PriorityQueue<>(Comparator.comparing(Waiting::notBefore));
    private int size;

    /** What becomes of the first of a line that is offered a place. */
    public enum Verdict {
        /** It goes: it leaves the window. */
        GOES,
        /** It cannot go, and so none behind it in its line. */
        WAITS,
        /** It cannot go; those behind it in its line may. */
        HELD
    }

    /** Decides on one that is offered. */
    @FunctionalInterface
    public interface Judge<W> {
        Verdict judge(W waiting);
    }

    /**
     * @param limit
     *            how many may wait, at least 1
     */
    public Window(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("a window has room for at least one frame");
        }
        this.limit = limit;
    }

    /** How many wait. */
    public int size() {
        return size;
    }

    /** How many more may be added; 0 when more than the limit are here, for what comes back is never turned away. */
    public int room() {
        return Math.max(0, limit - size);
    }

    /** Lets one in. */
    public void add(W waiting, Instant now) {
        size++;
        if (waiting.notBefore().isAfter(now)) {
            later.add(waiting);
        } else {
            line(waiting).add(waiting);
        }
    }

    /** When the next of those that may not go yet may go. */
    public Optional<Instant> nextDue() {
        return Optional.ofNullable(later.peek()).map(Waiting::notBefore);
    }

    /**
     * Offers a place to one after another, the most urgent first, until {@code most} have gone, {@code most} are held, or the first
     * of every line has to wait.
     */
    public void offer(Instant now, int most, Judge<? super W> judge) {
        for (W due = later.peek(); due != null && !due.notBefore().isAfter(now); due = later.peek()) {
            line(later.remove()).add(due);
        }
        PriorityQueue<PriorityQueue<W>> open = new PriorityQueue<>(Math.max(1, lines.size()),
                (a, b) -> ORDER.compare(a.element(), b.element()));
        open.addAll(lines.values());
        int gone = 0;
        List<W> held = new ArrayList<>();
        while (gone < most && held.size() < most && !open.isEmpty()) {
            PriorityQueue<W> line = open.remove();
            W first = line.element();
            switch (judge.judge(first)) {
                case GOES -> {
                    size--;
                    gone++;
                    next(line, open);
                }
                case HELD -> {
                    held.add(first);
                    next(line, open);
                }
                case WAITS -> {
                }
            }
        }
        held.forEach(one -> line(one).add(one));
    }

    private void next(PriorityQueue<W> line, PriorityQueue<PriorityQueue<W>> open) {
        W first = line.remove();
        if (line.isEmpty()) {
            lines.remove(first.needs());
        } else {
            open.add(line);
        }
    }

    /** Forgets those that match. */
    public void removeIf(Predicate<? super W> matches) {
        lines.values().forEach(line -> line.removeIf(matches));
        lines.values().removeIf(PriorityQueue::isEmpty);
        later.removeIf(matches);
        size = later.size() + lines.values().stream().mapToInt(PriorityQueue::size).sum();
    }

    /** The oldest that waits, by its capture. */
    public Optional<W> oldest() {
        List<W> all = new ArrayList<>(later);
        lines.values().forEach(all::addAll);
        return all.stream().min(Comparator.comparing(Waiting::captureId));
    }

    private PriorityQueue<W> line(W waiting) {
        return lines.computeIfAbsent(waiting.needs(), needs -> new PriorityQueue<>(ORDER));
    }

    private static final Comparator<Waiting> ORDER = Comparator.comparingInt((Waiting one) -> -one.priority())
            .thenComparing(Waiting::captureId);
}
