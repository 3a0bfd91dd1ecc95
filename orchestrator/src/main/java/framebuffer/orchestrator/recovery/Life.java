package framebuffer.orchestrator.recovery;

import framebuffer.wire.processor.Registration;
import java.time.Instant;

/**
 * One life of a processor, from its registering to its registering anew.
 *
 * @param registration
 *            who it is
 * @param since
 *            when it registered, by Redis's clock: what was delivered before was delivered to an earlier life
 */
public record Life(Registration registration, Instant since) {
}
