package framebuffer.orchestrator.letters;

import framebuffer.wire.processor.Registration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the healthy processors of one moment offer.
 *
 * @param known
 *            whether it is known at all who is there
 * @param capabilities
 *            what they offer; {@code ""} as soon as there is one
 */
record Offered(boolean known, Set<String> capabilities) {
    static final Offered UNKNOWN = new Offered(false, Set.of());

    Offered {
        capabilities = Set.copyOf(capabilities);
    }

    static Offered by(Collection<Registration> processors, boolean known) {
        Set<String> capabilities = new HashSet<>();
        processors.forEach(processor -> {
            capabilities.add("");
            capabilities.addAll(processor.capabilities());
        });
        return new Offered(known, capabilities);
    }

    /** Whether all of these are offered; of none: whether anybody is there. */
    boolean answers(List<String> needs) {
        return needs.isEmpty() ? capabilities.contains("") : capabilities.containsAll(needs);
    }
}
