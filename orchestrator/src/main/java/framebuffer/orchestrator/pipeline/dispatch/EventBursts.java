package framebuffer.orchestrator.pipeline.dispatch;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Reports the first of many events of one kind, and how many there were when they have ceased, so that 20 000 bad entries are two lines in
 * the log. For one thread.
 */
final class EventBursts {
    /** Time without an event of a kind after which its next one is reported again. */
    static final Duration CALM = Duration.ofSeconds(10);

    private final Map<String, Burst> bursts = new HashMap<>();

    private static final class Burst {
        private final long began;
        private long last;
        private long events = 1;

        private Burst(long now) {
            began = now;
            last = now;
        }
    }

    /**
     * Notes an event.
     *
     * @param kind one of a few kinds
     * @param now by a monotonic clock, in ns
     * @return whether to report it: it is the first of its kind for a while
     */
    boolean begins(String kind, long now) {
        Burst burst = bursts.get(kind);
        if (burst == null) {
            bursts.put(kind, new Burst(now));
            return true;
        }
        burst.last = now;
        burst.events++;
        return false;
    }

    /**
     * Ends the bursts of kinds without an event for a while.
     *
     * @param report receives the sentence about a burst of more than one event
     */
    void end(long now, Consumer<String> report) {
        for (Iterator<Map.Entry<String, Burst>> each = bursts.entrySet().iterator(); each.hasNext();) {
            Map.Entry<String, Burst> one = each.next();
            Burst burst = one.getValue();
            if (now - burst.last >= CALM.toNanos()) {
                each.remove();
                if (burst.events > 1) {
                    report.accept(one.getKey() + ": " + burst.events + " in "
                            + Duration.ofNanos(burst.last - burst.began).toSeconds() + " s, no more since");
                }
            }
        }
    }
}
