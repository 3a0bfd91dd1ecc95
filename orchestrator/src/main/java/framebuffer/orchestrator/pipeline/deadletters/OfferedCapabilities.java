package framebuffer.orchestrator.pipeline.deadletters;

import framebuffer.wire.control.Registration;
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
record OfferedCapabilities(boolean known, Set<String> capabilities) {
    static final OfferedCapabilities UNKNOWN = new OfferedCapabilities(false, Set.of());

    OfferedCapabilities {
        capabilities = Set.copyOf(capabilities);
    }

    static OfferedCapabilities by(Collection<Registration> processors, boolean known) {
        Set<String> capabilities = new HashSet<>();
        processors.forEach(processor -> {
            capabilities.add("");
            capabilities.addAll(processor.capabilities());
        });
        return new OfferedCapabilities(known, capabilities);
    }

    /** Whether all of these are offered; of none: whether anybody is there. */
    boolean answers(List<String> needs) {
        return needs.isEmpty() ? capabilities.contains("") : capabilities.containsAll(needs);
    }
}
