package framebuffer.orchestrator.flowcontrol;

/**
 * The load of a processor at one moment.
 *
 * @param outstanding frames that it holds
 * @param capacity most frames that it may hold
 * @param waiting frames that wait because it and its equivalents are full
 */
record ProcessorLoad(long outstanding, int capacity, long waiting) {

    /**
     * The used part of the capacity, from 0 to 1. A waiting frame counts as if it had the next free slot, so that a check between two
     * frames does not see the processor idle. A processor of capacity 1 without waiting frames counts as not loaded: it simply works.
     */
    double utilization() {
        if (capacity == 1 && waiting == 0) {
            return 0;
        }
        return Math.min(1, (double) (outstanding + waiting) / capacity);
    }
}
