package framebuffer.client.queue;

import framebuffer.wire.EntryId;
import framebuffer.wire.frame.Result;
import framebuffer.wire.frame.ReturnedFrame;

/** An answer on its way. */
public sealed interface PendingAnswer {
    /** The entry of the work queue that it answers. */
    EntryId entry();

    /** The frame is done. */
    record ResultAnswer(EntryId entry, Result result) implements PendingAnswer {
    }

    /** The frame goes back. */
    record ReturnAnswer(EntryId entry, ReturnedFrame frame) implements PendingAnswer {
    }
}
