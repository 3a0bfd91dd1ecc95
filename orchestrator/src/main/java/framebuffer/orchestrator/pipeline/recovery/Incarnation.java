package framebuffer.orchestrator.pipeline.recovery;

import framebuffer.wire.control.Registration;
import java.time.Instant;

/**
 * One life of a processor, from its registering to its registering anew.
 *
 * @param registration
 *            who it is
 * @param since
 *            when it registered, by Redis's clock: what was delivered before was delivered to an earlier life
 * @param cutOff
 *            whether all that it has goes to others: it is unhealthy, or unregistered
 * @param expectedBy
 *            by when it must be heard of not to be silent
 * @param departed
 *            whether it is unregistered: when its queue is empty it may be forgotten
 * @param probed
 *            whether its circuit is half-open: a few frames are let through, and each that fails opens it again
 */
public record Incarnation(Registration registration, Instant since, boolean cutOff, Instant expectedBy,
        boolean departed,
        boolean probed) {

    /** One whose circuit is not half-open. */
    public Incarnation(Registration registration, Instant since, boolean cutOff, Instant expectedBy, boolean departed) {
        this(registration, since, cutOff, expectedBy, departed, false);
    }
}
