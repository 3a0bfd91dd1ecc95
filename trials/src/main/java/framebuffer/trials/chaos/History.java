package framebuffer.trials.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Faults and observations, in order. Not thread-safe. */
final class History {
    private static final int MOST = 100_000;

    private final List<Event> events = new ArrayList<>();

    /**
     * An event.
     *
     * @param at time from the start of the run
     */
    record Event(Duration at, String what) {
        /** The event as text. */
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%8.3f s  %s", at.toMillis() / 1e3, what);
        }
    }

    void add(Duration at, String what) {
        if (events.size() < MOST) {
            events.add(new Event(at, what));
        }
    }

    List<Event> events() {
        return List.copyOf(events);
    }
}
