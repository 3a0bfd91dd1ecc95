package framebuffer.orchestrator.dispatch;

import framebuffer.orchestrator.routing.Loads;
import framebuffer.streams.handoff.Move;
import java.time.Instant;
import java.util.List;

/** Is told what became of each batch. Answers at once. */
public interface Settled {
    /** Tells nobody. */
    Settled NOBODY = (_, _, _, _) -> {
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
    void settled(Loads loads, Instant at, List<Outgoing> items, List<Move.Outcome> became);
}
