package framebuffer.orchestrator.processors.health;

import framebuffer.orchestrator.processors.health.Circuit.Cause;
import framebuffer.orchestrator.processors.health.Circuit.Open;
import framebuffer.wire.control.Registration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * Decides who goes on although its circuit is open (contract §4): of three or more processors of a capability, failures cut off no
 * more than half. Where most fail it is rather the frames, or what all of them need, than they.
 *
 * <p>
 * The least bad go on: those whose circuits were opened last, for they have worked the longest. So who is cut off stays so when
 * others fail too. A probe that fails opens a circuit anew: so where all fail for long they take turns, one after each recovery time,
 * and none is kept out for having failed first.
 */
final class PanicPolicy {
    private static final int FEWEST = 3;

    private PanicPolicy() {
    }

    /** One that may be sent frames but for its circuit. */
    public record PanicCandidate(Registration registration, Circuit circuit) {
        private Instant openSince() {
            return circuit instanceof Open open ? open.since() : Instant.EPOCH;
        }
    }

    /** Those that go on, by id. One that stalls is not among them: it would hold frames, and not fail at them. */
    public static Set<String> readmitted(Collection<PanicCandidate> members) {
        TreeMap<String, List<PanicCandidate>> byCapability = new TreeMap<>();
        List<PanicCandidate> working = members.stream()
                .filter(one -> !(one.circuit() instanceof Open open && open.cause() == Cause.STALLED)).toList();
        for (PanicCandidate one : working) {
            for (String capability : one.registration().capabilities()) {
                byCapability.computeIfAbsent(capability, _ -> new ArrayList<>()).add(one);
            }
        }
        Set<String> readmitted = new HashSet<>();
        for (List<PanicCandidate> some : byCapability.values()) {
            if (some.size() >= FEWEST) {
                List<String> cutOff = some.stream().filter(one -> one.circuit() instanceof Open)
                        .sorted(Comparator.comparing(PanicCandidate::openSince)
                                .thenComparing(one -> one.registration().id()))
                        .map(one -> one.registration().id()).filter(id -> !readmitted.contains(id)).toList();
                readmitted.addAll(cutOff.subList(Math.min(cutOff.size(), some.size() / 2), cutOff.size()));
            }
        }
        return readmitted;
    }
}
