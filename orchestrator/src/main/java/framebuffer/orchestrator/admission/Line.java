package framebuffer.orchestrator.admission;

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
final class Line<W extends Waiting> {
    private static final int PRIORITIES = 11;

    private final Starvation starvation;
    private final List<Level<W>> levels = new ArrayList<>(PRIORITIES);
    /** By priority: how many that are more urgent have gone. */
    private final long[] passed = new long[PRIORITIES];
    private int size;
    /** A camera whose clock is wrong stamps all its frames as old: they must not shut out those that are more urgent. */
    private boolean oldWentLast;

    /** Why one goes before the others. */
    enum Why {
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
    record First<W extends Waiting>(Waiter<W> waiter, Why why, long passed) {
        /** Whether it goes before more urgent ones because it has waited enough. */
        boolean starving() {
            return why != Why.TURN;
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

    void add(W waiting, Standing standing) {
        levels.get(waiting.priority()).add(waiting, standing, passed[waiting.priority()] - standing.passed());
        size++;
    }

    /** Who goes first; the line is not empty. */
    First<W> first(Instant now) {
        int priority = PRIORITIES - 1;
        while (levels.get(priority).isEmpty()) {
            priority--;
        }
        Waiter<W> urgent = levels.get(priority).next();
        Waiter<W> overtaken = overtaken(priority, urgent);
        if (overtaken == null) {
            Waiter<W> old = oldWentLast ? null : old(priority, urgent, now);
            return old == null ? first(urgent, Why.TURN) : first(old, Why.OLD);
        }
        // An older and more urgent one whose camera's turn it is not yet would else wait behind all that starve.
        Waiter<W> oldest = levels.get(priority).oldest();
        return oldest.isOlderThan(overtaken) ? first(oldest, Why.TURN) : first(overtaken, Why.OVERTAKEN);
    }

    private First<W> first(Waiter<W> waiter, Why why) {
        return new First<>(waiter, why, passedSince(waiter));
    }

    /** The oldest of those that as many more urgent ones as the threshold have gone before, if it is older than this one. */
    private @Nullable Waiter<W> overtaken(int priority, Waiter<W> urgent) {
        Waiter<W> found = null;
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
    private @Nullable Waiter<W> old(int priority, Waiter<W> urgent, Instant now) {
        Waiter<W> found = null;
        for (int lower = 0; lower < priority; lower++) {
            Level<W> level = levels.get(lower);
            if (!level.isEmpty() && now.toEpochMilli() - level.eldest().agesSince >= starvation.age().toMillis()
                    && level.eldest().agesSince < (found == null ? urgent : found).agesSince) {
                found = level.eldest();
            }
        }
        return found;
    }

    private long passedSince(Waiter<W> waiter) {
        return passed[waiter.waiting.priority()] - waiter.passedBefore;
    }

    /** It goes. */
    void take(First<W> first) {
        int priority = first.waiter().waiting.priority();
        levels.get(priority).take(first.waiter());
        for (int lower = 0; lower < priority; lower++) {
            passed[lower]++;
        }
        oldWentLast = first.why() == Why.OLD;
        size--;
    }

    /** It is held: others are looked at, and then it is {@link #putBack}. */
    void hold(Waiter<W> waiter) {
        levels.get(waiter.waiting.priority()).hold(waiter);
        size--;
    }

    /** It leaves without going. */
    void leave(Waiter<W> waiter) {
        levels.get(waiter.waiting.priority()).leave(waiter);
        size--;
    }

    void putBack(Waiter<W> waiter) {
        levels.get(waiter.waiting.priority()).putBack(waiter);
        size++;
    }

    Waiter<W> oldest() {
        return levels.stream().filter(level -> !level.isEmpty()).map(Level::oldest).min(Waiter::compareTo)
                .orElseThrow();
    }

    /** Whether one of the same camera, of any priority, is here that was captured later and that nobody has begun with. */
    boolean hasNewer(W waiting) {
        return levels.stream().anyMatch(level -> level.hasNewer(waiting));
    }

    /** Those of the same camera, of any priority, leave that were captured earlier and that nobody has begun with. */
    void removeOlder(W waiting, BiConsumer<? super W, Standing> removed) {
        levels.forEach(level -> level.removeOlder(waiting, gone -> {
            size--;
            removed.accept(gone.waiting, new Standing(passedSince(gone), gone.since, gone.agesSince));
        }));
    }

    void removeIf(Predicate<? super W> matches, Consumer<? super W> removed) {
        levels.forEach(level -> level.removeIf(matches, gone -> {
            size--;
            removed.accept(gone.waiting);
        }));
    }
}
