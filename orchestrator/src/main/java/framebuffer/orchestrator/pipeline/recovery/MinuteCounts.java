package framebuffer.orchestrator.pipeline.recovery;

/**
 * Frames of one capability within the last minute.
 *
 * @param verdicts frames that had used up their attempts or were rejected; a deferred frame counts again when it fails again
 * @param begun frames handed off for the first time
 */
record MinuteCounts(long verdicts, long begun) {
    static final MinuteCounts QUIET = new MinuteCounts(0, 0);
}
