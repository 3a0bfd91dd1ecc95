package framebuffer.orchestrator.admission;

import framebuffer.wire.EntryId;
import java.time.Instant;
import java.util.List;

/** Something that waits in the window. */
public interface Waiting {
    /** 0–10, 10 goes first. */
    int priority();

    /** Its place among those of its priority: when it was captured. What comes back therefore goes ahead of what is fresher. */
    EntryId captureId();

    /** The capabilities that it needs all at once; empty: any processor will do. */
    List<String> needs();

    /** It must not go before. */
    Instant notBefore();
}
