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
 * Those that need the same, by priority. Who is older than a more urgent one goes before it nevertheless, once as many more urgent
 * ones as the threshold have gone before it; or when it is old enough, but then at most every other place is for such.
 */
final class Line<W extends WindowItem> {
    private static final int PRIORITIES = 11;

    private final Starvation starvation;
    private final List<Level<W>> levels = new ArrayList<>(PRIORITIES);
    /** By priority: how many that are more urgent have gone. */
    private final long[] passed = new long[PRIORITIES];
    private int size;
    /** A camera whose clock is wrong stamps all its frames as old: they must not shut out those that are more urgent. */
    private boolean oldWentLast;

    /** Why one goes before the others. */
    enum Precedence {
        /** It is the most urgent, and it is its camera's turn. */
        TURN,
        /** As many more urgent ones as the threshold have gone before it. */
        OVERTAKEN,
        /** It is old, and none that was merely old took the place before. */
        OLD
    }

    /**
     * Who goes first.
     *
     * @param passed
     *            how many more urgent ones have gone since it came
     */
    record Head<W extends WindowItem>(LineEntry<W> waiter, Precedence why, long passed) {
        /** Whether it goes before more urgent ones because it has waited enough. */
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

    /** Who goes first; the line is not empty. */
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
        // An older and more urgent one whose camera's turn it is not yet would else wait behind all that starve.
        LineEntry<W> oldest = levels.get(priority).oldest();
        return oldest.isOlderThan(overtaken) ? first(oldest, Precedence.TURN) : first(overtaken, Precedence.OVERTAKEN);
    }

    private Head<W> first(LineEntry<W> waiter, Precedence why) {
        return new Head<>(waiter, why, passedSince(waiter));
    }

    /** The oldest of those that as many more urgent ones as the threshold have gone before, if it is older than this one. */
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

    /** The one whose age counts the longest of those that are old, if it does so for longer than that of this one. */
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

    /** It goes. */
    void take(Head<W> first) {
        int priority = first.waiter().waiting.priority();
        levels.get(priority).take(first.waiter());
        for (int lower = 0; lower < priority; lower++) {
            passed[lower]++;
        }
        oldWentLast = first.why() == Precedence.OLD;
        size--;
    }

    /** It is held: others are looked at, and then it is {@link #putBack}. */
    void hold(LineEntry<W> waiter) {
        levels.get(waiter.waiting.priority()).hold(waiter);
        size--;
    }

    /** It leaves without going. */
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

    /** Whether one of the same camera, of any priority, is here that was captured later and that nobody has begun with. */
    boolean hasNewer(W waiting) {
        return levels.stream().anyMatch(level -> level.hasNewer(waiting));
    }

    /** Those of the same camera, of any priority, leave that were captured earlier and that nobody has begun with. */
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
