package framebuffer.orchestrator.pipeline.deadletters;

import framebuffer.wire.control.Registration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Capabilities that the healthy processors offer at one moment.
 *
 * @param known whether the registry has been read
 * @param capabilities includes {@code ""} as soon as there is a processor
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

    /** Whether all {@code needs} are offered; without needs: whether any processor is there. */
    boolean answers(List<String> needs) {
        return needs.isEmpty() ? capabilities.contains("") : capabilities.containsAll(needs);
    }
}
