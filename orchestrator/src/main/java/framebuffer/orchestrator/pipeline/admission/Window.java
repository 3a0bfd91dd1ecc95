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
 * Frames that wait for a processor. Frames with the same needs wait in one line; a line whose first frame cannot go does not block the
 * others. Within a line the most urgent go first, but none starves; cameras of one priority take turns, and the oldest frame of a camera
 * goes first. For one thread.
 *
 * <p>
 * All frames are still pending in their streams: losing the window loses nothing.
 */
public final class Window<W extends WindowItem> {
    /** At most one part in this many of the byte limit goes at once, because frames may carry their pixels. */
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
     * @param frames at least 1
     * @param bytes of all fields together, at least 1; an admitted frame may exceed the rest
     */
    public record Limit(int frames, long bytes) {
        /** 64 MiB: more than a hundred thousand frames without pixels. */
        public static final long DEFAULT_BYTES = 64L << 20;

        public Limit {
            if (frames < 1 || bytes < 1) {
                throw new IllegalArgumentException("a window has room for at least one frame");
            }
        }

        /** This many frames, and {@link #DEFAULT_BYTES}. */
        public static Limit of(int frames) {
            return new Limit(frames, DEFAULT_BYTES);
        }

        /** Most bytes in one hand-off or read. */
        public long atOnce() {
            return Math.max(1, bytes / PARTS);
        }
    }

    /** The answer for the first frame of a line. */
    public enum PlacementResult {
        /** The frame goes: it leaves the window. */
        GOES,
        /** The frame leaves the window without going: its camera keeps its turn. */
        LEAVES,
        /** The frame cannot go, and blocks the frames behind it in its line. */
        WAITS,
        /** The frame cannot go; the frames behind it in its line may. */
        HELD
    }

    /** Decides on each frame that is offered a slot. */
    @FunctionalInterface
    public interface Placement<W> {
        /**
         * Decides.
         *
         * @param passed more urgent frames that went since it came; give it to {@link #add} if the frame comes back
         */
        PlacementResult judge(W waiting, long passed);
    }

    /** A line and its first frame. */
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

    /** Waiting frames. */
    public int size() {
        return size;
    }

    /** Total size of the waiting frames, in bytes. */
    public long bytes() {
        return bytes;
    }

    /** How many more frames may be added; 0 when full or overfull, for a returning frame is never turned away. */
    public int room() {
        return bytes >= limit.bytes() ? 0 : Math.max(0, limit.frames() - size);
    }

    /** Whether twice the limit waits: then returning frames have to wait outside as well. */
    public boolean isOverfull() {
        return size >= 2 * limit.frames() || bytes >= 2 * limit.bytes();
    }

    /** Adds a frame. */
    public void add(W waiting, Instant now) {
        add(waiting, now, 0);
    }

    /** Adds a frame that {@code passed} more urgent ones have overtaken already. */
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
     * Adds a frame of a camera that keeps only the newest for each need: older frames that no processor has begun leave, or this one does
     * when a newer one waits. The frame inherits their wait; otherwise a camera with ever newer frames would never have waited long enough.
     * Returns the frames that left.
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

    /** Whether a frame with {@code these} needs can replace an older one with {@code those}. */
    private static boolean answers(List<String> these, List<String> those) {
        return those.isEmpty() ? these.isEmpty() : these.containsAll(those);
    }

    /**
     * Offers slots to frames in turn, until {@code most} or {@link Limit#atOnce} bytes have gone, {@code most} are held, or the first
     * frame of every line has to wait.
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

    /** Visits all frames, in no order. */
    public void forEach(Consumer<? super W> look) {
        removeIf(waiting -> {
            look.accept(waiting);
            return false;
        });
    }

    /** Removes the frames that match, and returns them. */
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

    /** The oldest waiting frame, by capture. */
    public Optional<W> oldest() {
        return Stream.concat(later.stream(), lines.values().stream().map(line -> line.oldest().waiting))
                .min(Comparator.comparing(WindowItem::captureId));
    }

    /** Needs → waiting frames, without frames that may not go yet. */
    public Map<List<String>, Integer> lengths() {
        Map<List<String>, Integer> lengths = HashMap.newHashMap(lines.size());
        lines.forEach((needs, line) -> lengths.put(needs, line.size()));
        return lengths;
    }

    private Line<W> line(W waiting) {
        return lines.computeIfAbsent(waiting.needs(), needs -> new Line<>(starvation));
    }

    /**
     * When a waiting frame goes before younger, more urgent ones.
     *
     * @param threshold how many more urgent frames may overtake it, at least 1
     * @param age since its capture or its producer's stamp, whichever is earlier; frames this old take at most every other slot
     */
    public record Starvation(int threshold, Duration age) {
        public static final Starvation DEFAULT = new Starvation(100, Duration.ofSeconds(60));
    }
}
