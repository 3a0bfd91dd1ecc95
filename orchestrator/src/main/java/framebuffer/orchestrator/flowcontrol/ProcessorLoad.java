package framebuffer.orchestrator.flowcontrol;

/**
 * What a processor has to do at one moment.
 *
 * @param outstanding
 *            frames it holds
 * @param capacity
 *            the most it may hold
 * @param waiting
 *            frames that wait for want of room at it and its like
 */
record ProcessorLoad(long outstanding, int capacity, long waiting) {

    /**
     * How much of its capacity is taken, from 0 to 1. A frame that waits has as good as taken the place that becomes free next, for
     * a look that happens upon the moment in between must not see it idle. A processor that holds one frame at a time and has
     * none waiting simply works: it is not close to anything.
     */
    double utilization() {
        if (capacity == 1 && waiting == 0) {
            return 0;
        }
        return Math.min(1, (double) (outstanding + waiting) / capacity);
    }
}
