package framebuffer.orchestrator.pipeline.recovery;

/**
 * What became of the frames of one capability within the last minute.
 *
 * @param verdicts
 *            how often one was to be given up on, because its attempts were used up or it was rejected; one that was put off counts
 *            again when it fails again
 * @param begun
 *            frames handed off for the first time
 */
record MinuteCounts(long verdicts, long begun) {
    static final MinuteCounts QUIET = new MinuteCounts(0, 0);
}
