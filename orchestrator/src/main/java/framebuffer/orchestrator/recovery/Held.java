package framebuffer.orchestrator.recovery;

import framebuffer.wire.EntryId;
import java.time.Instant;
import java.util.List;

/**
 * What a processor holds, at one moment: frames that its group was given and has not acknowledged.
 *
 * @param at
 *            when this was so, by Redis's clock
 * @param acknowledged
 *            how many its group no longer owes so far, those that were taken away included; -1: not known
 * @param taken
 *            how many were taken away so far
 * @param pending
 *            what it owes, the oldest first
 */
record Held(Instant at, long acknowledged, long taken, List<Given> pending) {
    Held {
        pending = List.copyOf(pending);
    }

    /** An entry that was given, and when. */
    record Given(EntryId entry, Instant at) {
    }
}
