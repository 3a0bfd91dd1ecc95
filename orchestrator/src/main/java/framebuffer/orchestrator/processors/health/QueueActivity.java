package framebuffer.orchestrator.processors.health;

import framebuffer.wire.control.Registration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is seen of a processor at its queue, by Redis's clock.
 *
 * @param registration
 *            who it is
 * @param registeredAt
 *            when its present life began
 * @param watchedSince
 *            since when it could be seen without interruption: while Redis is away nobody acknowledges anything
 * @param acknowledgedAt
 *            when it last acknowledged anything; null: nobody has looked yet
 * @param owedSince
 *            since when something is outstanding without interruption; null: nothing is
 */
public record QueueActivity(Registration registration, Instant registeredAt, Instant watchedSince,
        @Nullable Instant acknowledgedAt, @Nullable Instant owedSince) {

    boolean acknowledgedAfter(Instant time) {
        return acknowledgedAt != null && acknowledgedAt.isAfter(time);
    }
}
