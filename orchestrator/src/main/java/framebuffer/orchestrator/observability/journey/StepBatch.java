package framebuffer.orchestrator.observability.journey;

import framebuffer.orchestrator.pipeline.routing.ProcessorLoads;
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
public record StepBatch(Instant at, ProcessorLoads loads, List<JournalStep> steps) {
    public StepBatch {
        steps = List.copyOf(steps);
    }
}
