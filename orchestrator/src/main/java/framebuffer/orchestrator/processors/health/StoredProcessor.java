package framebuffer.orchestrator.processors.health;

import framebuffer.wire.control.Registration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A processor as Redis keeps it.
 *
 * @param from
 *            the address that it registered from; null: not known
 */
public record StoredProcessor(Registration registration, Instant registeredAt, Instant updatedAt, boolean draining,
        @Nullable String from) {
}
