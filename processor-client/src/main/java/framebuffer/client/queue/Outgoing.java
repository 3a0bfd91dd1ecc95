package framebuffer.client.queue;

import framebuffer.wire.EntryId;
import framebuffer.wire.frame.Result;
import framebuffer.wire.frame.ReturnedFrame;

/** An answer on its way. */
public sealed interface Outgoing {
    /** The entry of the work queue that it answers. */
    EntryId entry();

    /** The frame is done. */
    record Done(EntryId entry, Result result) implements Outgoing {
    }

    /** The frame goes back. */
    record Back(EntryId entry, ReturnedFrame frame) implements Outgoing {
    }
}
