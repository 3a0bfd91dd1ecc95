package framebuffer.orchestrator.pipeline.admission;

import framebuffer.wire.EntryId;

/**
 * How long one has waited already when it enters the window.
 *
 * @param passed
 *            how many more urgent ones have gone before it
 * @param since
 *            when it was captured, or the first of those that it stands in for
 * @param agesSince
 *            since when its age counts, or that of the first of those that it stands in for
 */
record PriorWait(long passed, EntryId since, long agesSince) {

    /** Of one before which so many have gone, and that stands in for no other. */
    static PriorWait own(WindowItem waiting, long passed) {
        return new PriorWait(passed, waiting.captureId(), waiting.agesSince());
    }

    PriorWait orLonger(PriorWait other) {
        return new PriorWait(Math.max(passed, other.passed), since.compareTo(other.since) <= 0 ? since : other.since,
                Math.min(agesSince, other.agesSince));
    }
}
