package framebuffer.orchestrator.pipeline.admission;

import framebuffer.orchestrator.pipeline.admission.Window.Starvation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Waiting frames with the same needs, by priority. A frame goes before more urgent, younger ones when as many as the threshold have
 * overtaken it; or when it is old enough, but old frames take at most every other slot.
 */
final class Line<W extends WindowItem> {
    private static final int PRIORITIES = 11;

    private final Starvation starvation;
    private final List<Level<W>> levels = new ArrayList<>(PRIORITIES);
    /** Priority → more urgent frames that have gone. */
    private final long[] passed = new long[PRIORITIES];
    private int size;
    /**
     * Whether the last slot went to an old frame. A camera with a wrong clock stamps all frames as old; they must not block urgent ones.
     */
    private boolean oldWentLast;

    /** Why a frame goes before the others. */
    enum Precedence {
        /** The frame is the most urgent, and its camera has the turn. */
        TURN,
        /** As many more urgent frames as the threshold have gone before it. */
        OVERTAKEN,
        /** The frame is old, and the slot before did not go to an old frame. */
        OLD
    }

    /**
     * The frame that goes first.
     *
     * @param passed more urgent frames that went since it came
     */
    record Head<W extends WindowItem>(LineEntry<W> waiter, Precedence why, long passed) {
        /** Whether it goes before more urgent frames because it has waited long enough. */
        boolean starving() {
            return why != Precedence.TURN;
        }
    }

    Line(Starvation starvation) {
        this.starvation = starvation;
        for (int priority = 0; priority < PRIORITIES; priority++) {
            levels.add(new Level<>());
        }
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    void add(W waiting, PriorWait priorWait) {
        levels.get(waiting.priority()).add(waiting, priorWait, passed[waiting.priority()] - priorWait.passed());
        size++;
    }

    /** The frame that goes first; the line is not empty. */
    Head<W> first(Instant now) {
        int priority = PRIORITIES - 1;
        while (levels.get(priority).isEmpty()) {
            priority--;
        }
        LineEntry<W> urgent = levels.get(priority).next();
        LineEntry<W> overtaken = overtaken(priority, urgent);
        if (overtaken == null) {
            LineEntry<W> old = oldWentLast ? null : old(priority, urgent, now);
            return old == null ? first(urgent, Precedence.TURN) : first(old, Precedence.OLD);
        }
        // Otherwise an older, more urgent frame whose camera has no turn yet would wait behind all starving frames.
        LineEntry<W> oldest = levels.get(priority).oldest();
        return oldest.isOlderThan(overtaken) ? first(oldest, Precedence.TURN) : first(overtaken, Precedence.OVERTAKEN);
    }

    private Head<W> first(LineEntry<W> waiter, Precedence why) {
        return new Head<>(waiter, why, passedSince(waiter));
    }

    /** The oldest frame that the threshold of more urgent ones has overtaken, if it is older than {@code urgent}. */
    private @Nullable LineEntry<W> overtaken(int priority, LineEntry<W> urgent) {
        LineEntry<W> found = null;
        for (int lower = 0; lower < priority; lower++) {
            Level<W> level = levels.get(lower);
            if (!level.isEmpty() && passed[lower] - level.passedBefore() >= starvation.threshold()
                    && level.oldest().isOlderThan(found == null ? urgent : found)) {
                found = level.oldest();
            }
        }
        return found;
    }

    /** The old frame with the earliest age stamp, if that is earlier than the stamp of {@code urgent}. */
    private @Nullable LineEntry<W> old(int priority, LineEntry<W> urgent, Instant now) {
        LineEntry<W> found = null;
        for (int lower = 0; lower < priority; lower++) {
            Level<W> level = levels.get(lower);
            if (!level.isEmpty() && now.toEpochMilli() - level.eldest().agesSince >= starvation.age().toMillis()
                    && level.eldest().agesSince < (found == null ? urgent : found).agesSince) {
                found = level.eldest();
            }
        }
        return found;
    }

    private long passedSince(LineEntry<W> waiter) {
        return passed[waiter.waiting.priority()] - waiter.passedBefore;
    }

    /** Removes the frame that goes. */
    void take(Head<W> first) {
        int priority = first.waiter().waiting.priority();
        levels.get(priority).take(first.waiter());
        for (int lower = 0; lower < priority; lower++) {
            passed[lower]++;
        }
        oldWentLast = first.why() == Precedence.OLD;
        size--;
    }

    /** Holds a frame while others are offered slots, until {@link #putBack}. */
    void hold(LineEntry<W> waiter) {
        levels.get(waiter.waiting.priority()).hold(waiter);
        size--;
    }

    /** Removes a frame that does not go. */
    void leave(LineEntry<W> waiter) {
        levels.get(waiter.waiting.priority()).leave(waiter);
        size--;
    }

    void putBack(LineEntry<W> waiter) {
        levels.get(waiter.waiting.priority()).putBack(waiter);
        size++;
    }

    LineEntry<W> oldest() {
        return levels.stream().filter(level -> !level.isEmpty()).map(Level::oldest).min(LineEntry::compareTo)
                .orElseThrow();
    }

    /** Whether a later frame of the same camera, of any priority, waits that no processor has begun. */
    boolean hasNewer(W waiting) {
        return levels.stream().anyMatch(level -> level.hasNewer(waiting));
    }

    /** Removes earlier frames of the same camera, of any priority, that no processor has begun. */
    void removeOlder(W waiting, BiConsumer<? super W, PriorWait> removed) {
        levels.forEach(level -> level.removeOlder(waiting, gone -> {
            size--;
            removed.accept(gone.waiting, new PriorWait(passedSince(gone), gone.since, gone.agesSince));
        }));
    }

    void removeIf(Predicate<? super W> matches, Consumer<? super W> removed) {
        levels.forEach(level -> level.removeIf(matches, gone -> {
            size--;
            removed.accept(gone.waiting);
        }));
    }
}
