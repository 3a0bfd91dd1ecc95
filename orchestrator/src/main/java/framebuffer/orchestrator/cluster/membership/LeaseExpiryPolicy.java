package framebuffer.orchestrator.cluster.membership;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Decides which other instances are silent: those that have said nothing new while we said often enough that we run. Counted, not
 * timed: however long Redis or this instance stood still, nobody is silent for that alone.
 *
 * @param heard
 *            what each was last heard to say
 */
record LeaseExpiryPolicy(Map<String, LastBeat> heard) {
    static final LeaseExpiryPolicy NOBODY = new LeaseExpiryPolicy(Map.of());

    /** What one said last, and how often we have said something since. */
    record LastBeat(String said, int beatsSince) {
    }

    LeaseExpiryPolicy {
        heard = Map.copyOf(heard);
    }

    /** What is known after another beat of ours, by which they had said this. */
    LeaseExpiryPolicy after(Map<String, String> said) {
        Map<String, LastBeat> now = HashMap.newHashMap(said.size());
        said.forEach((other, last) -> {
            LastBeat before = heard.get(other);
            now.put(other, before != null && before.said().equals(last)
                    ? new LastBeat(last, before.beatsSince() + 1)
                    : new LastBeat(last, 0));
        });
        return new LeaseExpiryPolicy(now);
    }

    /**
     * Those that are to be taken for dead.
     *
     * @param beats
     *            beats of ours after which one that said nothing new is silent
     * @param left
     *            what one says last that leaves in peace
     */
    Set<String> silent(int beats, String left) {
        return heard.entrySet().stream()
                .filter(other -> other.getValue().beatsSince() >= beats || other.getValue().said().equals(left))
                .map(Map.Entry::getKey).collect(Collectors.toUnmodifiableSet());
    }
}
