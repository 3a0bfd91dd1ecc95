package framebuffer.orchestrator.observability.journey;

import java.util.List;

/**
 * A recorded step.
 *
 * @param instance the acting instance
 * @param candidates the processors of the decision at that moment; empty: no decision
 */
record RecordedStep(JournalStep step, String instance, List<RecordedCandidate> candidates) {
    public RecordedStep {
        candidates = List.copyOf(candidates);
    }

    /**
     * A candidate processor.
     *
     * @param capabilities the capabilities it offers
     * @param outstanding its outstanding frames; -1: it had no queue
     */
    public record RecordedCandidate(String id, int capacity, List<String> capabilities, int outstanding) {
        /**
         * @throws IllegalArgumentException when its capacity is not positive
         */
        public RecordedCandidate {
            if (capacity < 1) {
                throw new IllegalArgumentException("capacity " + capacity);
            }
            capabilities = List.copyOf(capabilities);
        }

        /** Whether it offers this capability; each processor offers the empty one. */
        public boolean offers(String capability) {
            return capability.isEmpty() || capabilities.contains(capability);
        }
    }
}
