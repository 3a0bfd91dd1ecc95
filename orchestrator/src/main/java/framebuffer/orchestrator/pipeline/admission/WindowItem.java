package framebuffer.orchestrator.pipeline.admission;

import framebuffer.wire.EntryId;
import java.time.Instant;
import java.util.List;

/** Something that waits in the window. */
public interface WindowItem {
    /** 0–10, 10 goes first. */
    int priority();

    /** Its place among those of its camera and priority: when it was captured. What comes back goes ahead of what is fresher. */
    EntryId captureId();

    /**
     * Since when its age counts, in milliseconds of the epoch: its capture, or what its producer stamped on it when that is earlier.
     */
    default long agesSince() {
        return captureId().epochMillis();
    }

    /** The camera that it is of: cameras share a full capability evenly. */
    String cameraId();

    /** The capabilities that it needs all at once; empty: any processor will do. */
    List<String> needs();

    /** Whether somebody has begun with it before: then it is not superseded. */
    boolean begun();

    /** How large it is, in bytes. */
    long bytes();

    /** It must not go before. */
    Instant notBefore();
}
