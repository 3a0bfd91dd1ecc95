package framebuffer.orchestrator.pipeline.admission;

import framebuffer.wire.EntryId;

/**
 * The wait of a frame before it entered the window.
 *
 * @param passed more urgent frames that have gone before it
 * @param since its capture, or that of the first frame that it stands in for
 * @param agesSince its age stamp, or that of the first frame that it stands in for
 */
record PriorWait(long passed, EntryId since, long agesSince) {

    /** The wait of a frame that stands in for no other. */
    static PriorWait own(WindowItem waiting, long passed) {
        return new PriorWait(passed, waiting.captureId(), waiting.agesSince());
    }

    PriorWait orLonger(PriorWait other) {
        return new PriorWait(Math.max(passed, other.passed), since.compareTo(other.since) <= 0 ? since : other.since,
                Math.min(agesSince, other.agesSince));
    }
}
