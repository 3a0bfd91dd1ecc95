package framebuffer.client.queue;

import framebuffer.wire.EntryId;
import framebuffer.wire.frame.Result;
import framebuffer.wire.frame.ReturnedFrame;

/** An answer to send. */
public sealed interface PendingAnswer {
    /** The answered entry of the work queue. */
    EntryId entry();

    /** The frame is done. */
    record ResultAnswer(EntryId entry, Result result) implements PendingAnswer {
    }

    /** The frame is returned. */
    record ReturnAnswer(EntryId entry, ReturnedFrame frame) implements PendingAnswer {
    }
}
