package framebuffer.orchestrator.journey;

import framebuffer.orchestrator.routing.Loads;
import java.time.Instant;
import java.util.List;

/**
 * Steps that were done at once.
 *
 * @param at
 *            when
 * @param loads
 *            how full the processors were then, all of these steps included
 */
public record Batch(Instant at, Loads loads, List<Step> steps) {
    public Batch {
        steps = List.copyOf(steps);
    }
}
