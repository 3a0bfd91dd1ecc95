package framebuffer.orchestrator.intake;

import framebuffer.streams.Entry;
import framebuffer.streams.handoff.Source;
import java.util.List;

/**
 * Entries that a reader fetched.
 *
 * @param source
 *            where they are pending
 * @param epoch
 *            grows whenever the reader began again with what is pending; what came in an earlier epoch comes again
 * @param entries
 *            in the order of the stream
 */
public record Delivery(Source source, long epoch, List<Entry> entries) {
    public Delivery {
        entries = List.copyOf(entries);
    }
}
