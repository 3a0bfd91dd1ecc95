package framebuffer.orchestrator.pipeline.admission;

import framebuffer.wire.EntryId;
import java.time.Instant;
import java.util.List;

/** A frame that waits in the window. */
public interface WindowItem {
    /** 0–10; 10 goes first. */
    int priority();

    /** Its capture: orders the frames of one camera and priority. A returned frame goes before later ones. */
    EntryId captureId();

    /** Start of its age, in milliseconds of the epoch: its capture, or its producer's stamp when that is earlier. */
    default long agesSince() {
        return captureId().epochMillis();
    }

    /** Its camera: cameras share a full capability evenly. */
    String cameraId();

    /** The capabilities that it needs all at once; empty: any processor. */
    List<String> needs();

    /** Whether a processor has begun it: then no newer frame supersedes it. */
    boolean begun();

    /** Its size in bytes. */
    long bytes();

    /** The earliest moment at which it may go. */
    Instant notBefore();
}
