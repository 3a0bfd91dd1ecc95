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
 * Decides which processors get frames although their circuit is open (docs/adr/0006-health-and-circuits.md): of three or more processors of a capability, failures
 * cut off at most half. Where most fail, the cause is rather the frames, or a service that all need.
 *
 * <p>
 * The processors whose circuits opened last are readmitted, because they worked longest. So a processor that is cut off stays so when
 * others fail too. A failed probe opens its circuit anew: when all fail for long, they take turns, one for each recovery time.
 */
final class PanicPolicy {
    private static final int FEWEST = 3;

    private PanicPolicy() {
    }

    /** A processor that may be sent frames apart from its circuit. */
    public record PanicCandidate(Registration registration, Circuit circuit) {
        private Instant openSince() {
            return circuit instanceof Open open ? open.since() : Instant.EPOCH;
        }
    }

    /** Ids of the readmitted processors. A stalled one is never among them: it would hold frames without failing at them. */
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
