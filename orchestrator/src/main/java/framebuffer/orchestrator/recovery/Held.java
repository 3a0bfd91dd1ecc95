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
 *            how many its group has acknowledged so far; -1: not known
 * @param pending
 *            what it has not acknowledged, the oldest first
 */
record Held(Instant at, long acknowledged, List<Given> pending) {
    Held {
        pending = List.copyOf(pending);
    }

    /** An entry, and when the processor was given it. */
    record Given(EntryId entry, Instant at) {
    }
}
