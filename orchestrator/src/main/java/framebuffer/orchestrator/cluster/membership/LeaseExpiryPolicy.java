package framebuffer.orchestrator.cluster.membership;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Decides which other instances are silent: those without a new beat while this instance sent a number of beats. It counts beats instead
 * of time, so that a pause of Redis or of this instance makes nobody silent.
 *
 * @param heard instance → its last beat
 */
record LeaseExpiryPolicy(Map<String, LastBeat> heard) {
    static final LeaseExpiryPolicy NOBODY = new LeaseExpiryPolicy(Map.of());

    /** A beat, and the number of our beats since. */
    record LastBeat(String beat, int oursSince) {
    }

    LeaseExpiryPolicy {
        heard = Map.copyOf(heard);
    }

    /** The state after another beat of ours. */
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
     * Instances that have left or count as dead.
     *
     * @param beats beats of ours after which an instance without a new beat is dead
     * @param left the last beat of an instance that has left
     */
    Set<String> silent(int beats, String left) {
        return heard.entrySet().stream()
                .filter(other -> other.getValue().oursSince() >= beats
                        || other.getValue().beat().equals(left))
                .map(Map.Entry::getKey).collect(Collectors.toUnmodifiableSet());
    }
}
