package framebuffer.orchestrator.admission;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Those that need the same, by priority. Who is older than a more urgent one goes before it nevertheless, once as many more urgent
 * ones as the threshold have gone before it, or it is old enough.
 */
final class Line<W extends Waiting> {
    private static final int PRIORITIES = 11;

    private final Starvation starvation;
    private final List<Level<W>> levels = new ArrayList<>(PRIORITIES);
    /** By priority: how many that are more urgent have gone. */
    private final long[] passed = new long[PRIORITIES];
    private int size;

    /**
     * Who goes first.
     *
     * @param starving
     *            whether it does so because it has waited enough
     * @param passed
     *            how many more urgent ones have gone since it came
     */
    record First<W extends Waiting>(Waiter<W> waiter, boolean starving, long passed) {
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
        levels.get(waiting.priority()).add(waiting, standing.since(), passed[waiting.priority()] - standing.passed());
        size++;
    }

    /** Who goes first; the line is not empty. */
    First<W> first(Instant now) {
        int priority = PRIORITIES - 1;
        while (levels.get(priority).isEmpty()) {
            priority--;
        }
        Waiter<W> urgent = levels.get(priority).next();
        Waiter<W> starving = null;
        for (int lower = 0; lower < priority; lower++) {
            Level<W> level = levels.get(lower);
            if (!level.isEmpty() && hasWaitedEnough(level, lower, now)
                    && level.oldest().isOlderThan(starving == null ? urgent : starving)) {
                starving = level.oldest();
            }
        }
        if (starving == null) {
            return first(urgent, false);
        }
        // An older and more urgent one whose camera's turn it is not yet would else wait behind all that starve.
        Waiter<W> oldest = levels.get(priority).oldest();
        return oldest.isOlderThan(starving) ? first(oldest, false) : first(starving, true);
    }

    private First<W> first(Waiter<W> waiter, boolean starving) {
        return new First<>(waiter, starving, passedSince(waiter));
    }

    private long passedSince(Waiter<W> waiter) {
        return passed[waiter.waiting.priority()] - waiter.passedBefore;
    }

    private boolean hasWaitedEnough(Level<W> level, int priority, Instant now) {
        return passed[priority] - level.passedBefore() >= starvation.threshold()
                || now.toEpochMilli() - level.oldest().since.epochMillis() >= starvation.age().toMillis();
    }

    /** It goes. */
    void take(Waiter<W> waiter) {
        levels.get(waiter.waiting.priority()).take(waiter);
        for (int lower = 0; lower < waiter.waiting.priority(); lower++) {
            passed[lower]++;
        }
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
            removed.accept(gone.waiting, new Standing(passedSince(gone), gone.since));
        }));
    }

    void removeIf(Predicate<? super W> matches, Consumer<? super W> removed) {
        levels.forEach(level -> level.removeIf(matches, gone -> {
            size--;
            removed.accept(gone.waiting);
        }));
    }
}
