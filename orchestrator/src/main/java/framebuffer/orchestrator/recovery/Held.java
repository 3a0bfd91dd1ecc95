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

    /**
     * An entry that was given.
     *
     * @param at
     *            when
     * @param toProcessor
     *            whether to the processor, and not to one of us who emptied its queue while it was gone
     */
    record Given(EntryId entry, Instant at, boolean toProcessor) {
    }
}
