package framebuffer.orchestrator.pipeline.dispatch;

import framebuffer.orchestrator.pipeline.routing.ProcessorLoads;
import framebuffer.redis.handoff.Move;
import java.time.Instant;
import java.util.List;

/** Is told what became of each batch. Answers at once. */
public interface SettlementListener {
    /** Tells nobody. */
    SettlementListener NOBODY = (_, _, _, _) -> {
    };

    /**
     * A batch is settled.
     *
     * @param loads
     *            how full the processors were when it was put on its way, its own frames included
     * @param at
     *            when that was
     * @param became
     *            for each item what became of it
     */
    void settled(ProcessorLoads loads, Instant at, List<Outgoing> items, List<Move.MoveOutcome> became);
}
