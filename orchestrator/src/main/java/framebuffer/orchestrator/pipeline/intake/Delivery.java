package framebuffer.orchestrator.pipeline.intake;

import framebuffer.redis.StreamEntry;
import framebuffer.redis.handoff.FrameSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Entries that a reader fetched. With none it says that nothing of the source is to be handed off any more, as long as nothing else
 * comes from there.
 *
 * @param source
 *            where they are pending
 * @param epoch
 *            grows whenever the reader began again with what is pending; what came in an earlier epoch comes again
 * @param entries
 *            in the order of the stream
 * @param holder
 *            the processor that they are taken from; null: none held them
 * @param charged
 *            whether the holder was processing them: each is a failed attempt
 * @param blamed
 *            whether that speaks against the holder: it lives, or has started again
 */
public record Delivery(FrameSource source, long epoch, List<StreamEntry> entries, @Nullable String holder,
        boolean charged,
        boolean blamed) {
    public Delivery {
        entries = List.copyOf(entries);
    }
}
