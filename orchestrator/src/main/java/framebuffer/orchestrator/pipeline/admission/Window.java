package framebuffer.orchestrator.pipeline.admission;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Frames that wait for a processor. Those that need the same wait in one line; a line whose first cannot go does not hold up the
 * others. In a line the most urgent go first, but none starves; among those of one priority cameras take turns, and of one camera the
 * oldest goes first. For one thread.
 *
 * <p>
 * They are all still pending in their streams: losing the window loses nothing.
 */
public final class Window<W extends WindowItem> {
    /** A part of so much of what may wait goes at once, at most: frames may carry their pixels. */
    public static final int PARTS = 16;

    private final Limit limit;
    private final Starvation starvation;
    private final Map<List<String>, Line<W>> lines = new HashMap<>();
    private final PriorityQueue<W> later = new PriorityQueue<>(Comparator.comparing(WindowItem::notBefore));
    private int size;
    private long bytes;

    /**
     * How much may wait.
     *
     * @param frames
     *            at least 1
     * @param bytes
     *            of all their fields together, at least 1; a frame that is let in may be larger than what is left
     */
    public record Limit(int frames, long bytes) {
        /** 64 MiB: of frames without pixels, more than a hundred thousand. */
        public static final long DEFAULT_BYTES = 64L << 20;

        public Limit {
            if (frames < 1 || bytes < 1) {
                throw new IllegalArgumentException("a window has room for at least one frame");
            }
        }

        /** So many frames, and the bytes that are usual. */
        public static Limit of(int frames) {
            return new Limit(frames, DEFAULT_BYTES);
        }

        /** How many bytes go, or are read, at once. */
        public long atOnce() {
            return Math.max(1, bytes / PARTS);
        }
    }

    /** What becomes of the first of a line that is offered a place. */
    public enum PlacementResult {
        /** It goes: it leaves the window. */
        GOES,
        /** It leaves the window, but goes nowhere: its camera still has its turn. */
        LEAVES,
        /** It cannot go, and so none behind it in its line. */
        WAITS,
        /** It cannot go; those behind it in its line may. */
        HELD
    }

    /** Decides on one that is offered. */
    @FunctionalInterface
    public interface Placement<W> {
        /**
         * Decides.
         *
         * @param passed
         *            how many more urgent ones have gone since it came: to be said when it comes back, for it did not go after all
         */
        PlacementResult judge(W waiting, long passed);
    }

    /** A line, and who goes first in it. */
    private record Front<W extends WindowItem>(Line<W> line, Line.Head<W> first) {
        private static final Comparator<Front<?>> ORDER = Comparator
                .comparing((Front<?> front) -> !front.first.starving())
                .thenComparingInt(front -> -front.waiting().priority())
                .thenComparing(front -> front.first.waiter().since);

        private WindowItem waiting() {
            return first.waiter().waiting;
        }
    }

    public Window(Limit limit, Starvation starvation) {
        this.limit = limit;
        this.starvation = starvation;
    }

    /** How many wait. */
    public int size() {
        return size;
    }

    /** How large those are that wait, in bytes. */
    public long bytes() {
        return bytes;
    }

    /** How many more may be added; 0 when as many as may be are here, or more, for what comes back is never turned away. */
    public int room() {
        return bytes >= limit.bytes() ? 0 : Math.max(0, limit.frames() - size);
    }

    /** Twice as much is here as may be: then even what comes back has to wait outside. */
    public boolean isOverfull() {
        return size >= 2 * limit.frames() || bytes >= 2 * limit.bytes();
    }

    /** Lets one in. */
    public void add(W waiting, Instant now) {
        add(waiting, now, 0);
    }

    /** Lets one in, before which so many more urgent ones have gone already. */
    public void add(W waiting, Instant now, long passed) {
        add(waiting, now, PriorWait.own(waiting, passed));
    }

    private void add(W waiting, Instant now, PriorWait priorWait) {
        size++;
        bytes += waiting.bytes();
        if (waiting.notBefore().isAfter(now)) {
            later.add(waiting);
        } else {
            line(waiting).add(waiting, priorWait);
        }
    }

    /**
     * Lets one in, of whose camera only the newest for each need is wanted: older ones that nobody has begun with leave, or this
     * one does when a newer one is here. It stands where they stood, or a camera whose frames are always superseded would never have
     * waited long enough. Answers those that left.
     */
    public List<W> addLatest(W waiting, Instant now, long passed) {
        List<W> superseded = new ArrayList<>();
        PriorWait[] standing = {PriorWait.own(waiting, passed)};
        if (!waiting.begun()) {
            if (lines.entrySet().stream().anyMatch(line -> answers(line.getKey(), waiting.needs())
                    && line.getValue().hasNewer(waiting))) {
                return List.of(waiting);
            }
            lines.forEach((needs, line) -> {
                if (answers(waiting.needs(), needs)) {
                    line.removeOlder(waiting, (gone, stood) -> {
                        superseded.add(gone);
                        standing[0] = standing[0].orLonger(stood);
                    });
                }
            });
            lines.values().removeIf(Line::isEmpty);
            left(superseded);
        }
        add(waiting, now, standing[0]);
        return superseded;
    }

    /** Whether a frame that needs these is as good as an older one that needs those. */
    private static boolean answers(List<String> these, List<String> those) {
        return those.isEmpty() ? these.isEmpty() : these.containsAll(those);
    }

    /** When the next of those that may not go yet may go. */
    public Optional<Instant> nextDue() {
        return Optional.ofNullable(later.peek()).map(WindowItem::notBefore);
    }

    /**
     * Offers a place to one after another, until {@code most} have gone or {@link Limit#atOnce} bytes, {@code most} are held, or the
     * first of every line has to wait.
     */
    public void offer(Instant now, int most, Placement<? super W> judge) {
        for (W due = later.peek(); due != null && !due.notBefore().isAfter(now); due = later.peek()) {
            line(later.remove()).add(due, PriorWait.own(due, 0));
        }
        PriorityQueue<Front<W>> open = new PriorityQueue<>(Math.max(1, lines.size()), Front.ORDER);
        lines.values().forEach(line -> open.add(new Front<>(line, line.first(now))));
        List<Front<W>> held = new ArrayList<>();
        int gone = 0;
        long before = bytes;
        while (gone < most && before - bytes < limit.atOnce() && held.size() < most && !open.isEmpty()) {
            Front<W> front = open.remove();
            LineEntry<W> first = front.first().waiter();
            switch (judge.judge(first.waiting, front.first().passed())) {
                case GOES -> {
                    front.line().take(front.first());
                    gone++;
                    left(List.of(first.waiting));
                    next(front.line(), open, now);
                }
                case LEAVES -> {
                    front.line().leave(first);
                    gone++;
                    left(List.of(first.waiting));
                    next(front.line(), open, now);
                }
                case HELD -> {
                    front.line().hold(first);
                    held.add(front);
                    next(front.line(), open, now);
                }
                case WAITS -> {
                }
            }
        }
        held.reversed().forEach(front -> front.line().putBack(front.first().waiter()));
        lines.values().removeIf(Line::isEmpty);
    }

    private static <W extends WindowItem> void next(Line<W> line, PriorityQueue<Front<W>> open, Instant now) {
        if (!line.isEmpty()) {
            open.add(new Front<>(line, line.first(now)));
        }
    }

    /** Looks at all of them, in no order. */
    public void forEach(Consumer<? super W> look) {
        removeIf(waiting -> {
            look.accept(waiting);
            return false;
        });
    }

    /** Forgets those that match; answers them. */
    public List<W> removeIf(Predicate<? super W> matches) {
        List<W> removed = new ArrayList<>(later.stream().filter(matches).toList());
        later.removeAll(removed);
        lines.values().forEach(line -> line.removeIf(matches, removed::add));
        lines.values().removeIf(Line::isEmpty);
        left(removed);
        return removed;
    }

    private void left(List<W> gone) {
        size -= gone.size();
        gone.forEach(one -> bytes -= one.bytes());
    }

    /** The oldest that waits, by its capture. */
    public Optional<W> oldest() {
        return Stream.concat(later.stream(), lines.values().stream().map(line -> line.oldest().waiting))
                .min(Comparator.comparing(WindowItem::captureId));
    }

    /** How many wait in each line, by what they need; without those that may not go yet. */
    public Map<List<String>, Integer> lengths() {
        Map<List<String>, Integer> lengths = HashMap.newHashMap(lines.size());
        lines.forEach((needs, line) -> lengths.put(needs, line.size()));
        return lengths;
    }

    private Line<W> line(W waiting) {
        return lines.computeIfAbsent(waiting.needs(), needs -> new Line<>(starvation));
    }

    /**
     * When one that waits has waited enough, and goes before fresher ones that are more urgent.
     *
     * @param threshold
     *            how many more urgent ones may go before it, at least 1
     * @param age
     *            since its capture or what its producer stamped on it, whichever is earlier; one that is old by this takes at most every
     *            other place
     */
    public record Starvation(int threshold, Duration age) {
        public static final Starvation DEFAULT = new Starvation(100, Duration.ofSeconds(60));
    }
}
