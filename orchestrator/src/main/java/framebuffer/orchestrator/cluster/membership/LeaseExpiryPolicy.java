package framebuffer.orchestrator.cluster.membership;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Decides which other instances are silent: those that sent no new beat during so many beats of ours. It counts beats and no time: an
 * instance is not silent because Redis or this instance stood still.
 *
 * @param heard
 *            the last beat of each
 */
record LeaseExpiryPolicy(Map<String, LastBeat> heard) {
    static final LeaseExpiryPolicy NOBODY = new LeaseExpiryPolicy(Map.of());

    /** A beat, and how many we have sent since. */
    record LastBeat(String beat, int oursSince) {
    }

    LeaseExpiryPolicy {
        heard = Map.copyOf(heard);
    }

    /** What is known after another beat of ours. */
    LeaseExpiryPolicy after(Map<String, String> beats) {
        Map<String, LastBeat> now = HashMap.newHashMap(beats.size());
        beats.forEach((other, beat) -> {
            LastBeat before = heard.get(other);
            now.put(other, new LastBeat(beat,
                    before != null && before.beat().equals(beat) ? before.oursSince() + 1 : 0));
        });
        return new LeaseExpiryPolicy(now);
    }

    /**
     * The instances that have left, or are to be taken for dead.
     *
     * @param beats
     *            beats of ours after which an instance that sent no new one is dead
     * @param left
     *            the last beat of an instance that has left
     */
    Set<String> silent(int beats, String left) {
        return heard.entrySet().stream()
                .filter(other -> other.getValue().oursSince() >= beats
                        || other.getValue().beat().equals(left))
                .map(Map.Entry::getKey).collect(Collectors.toUnmodifiableSet());
    }
}
