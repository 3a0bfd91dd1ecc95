package framebuffer.orchestrator.pipeline.pixels;

import framebuffer.orchestrator.pipeline.dispatch.FrameEvents;
import framebuffer.orchestrator.pipeline.dispatch.Outgoing.Terminal;
import framebuffer.orchestrator.pipeline.intake.Arrival.TerminalArrival;
import framebuffer.redis.handoff.Move.MoveOutcome;
import framebuffer.wire.text.Fields;
import java.util.function.Consumer;

/**
 * Names the frames that ended here and whose pixels nobody needs any more.
 *
 * @param ended receives the fields of each
 */
public record PixelRelease(Consumer<Fields> ended) implements FrameEvents {
    @Override
    public void settled(SettledBatch batch) {
        for (int i = 0; i < batch.items().size(); i++) {
            if (batch.items().get(i) instanceof Terminal(TerminalArrival terminal) && terminal.unneeded() != null
                    && batch.outcomes().get(i) == MoveOutcome.MOVED) {
                ended.accept(terminal.unneeded());
            }
        }
    }
}
