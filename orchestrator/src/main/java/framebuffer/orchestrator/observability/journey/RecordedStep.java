package framebuffer.orchestrator.observability.journey;

import java.util.List;

/**
 * A step as it was written down.
 *
 * @param instance
 *            which one did it
 * @param candidates
 *            those among which was chosen, as they stood at that moment; none where nothing was chosen
 */
record RecordedStep(JournalStep step, String instance, List<RecordedCandidate> candidates) {
    public RecordedStep {
        candidates = List.copyOf(candidates);
    }

    /**
     * A processor that could have been chosen.
     *
     * @param capabilities
     *            what it offers
     * @param outstanding
     *            frames that it had outstanding; -1: it had no queue
     */
    public record RecordedCandidate(String id, int capacity, List<String> capabilities, int outstanding) {
        /**
         * @throws IllegalArgumentException
         *             when it could take no frame at all
         */
        public RecordedCandidate {
            if (capacity < 1) {
                throw new IllegalArgumentException("capacity " + capacity);
            }
            capabilities = List.copyOf(capabilities);
        }

        /** Whether it can do this; everybody can do the empty capability. */
        public boolean offers(String capability) {
            return capability.isEmpty() || capabilities.contains(capability);
        }
    }
}
