package framebuffer.orchestrator.pipeline;

import framebuffer.orchestrator.observability.journey.JournalStep;
import framebuffer.orchestrator.observability.journey.JournalStep.HandOffResult;
import framebuffer.orchestrator.observability.journey.JournalStep.StepBatch;
import framebuffer.orchestrator.pipeline.dispatch.FrameEvents;
import framebuffer.orchestrator.pipeline.dispatch.FrameEvents.SettledBatch;
import framebuffer.orchestrator.pipeline.dispatch.Outgoing;
import framebuffer.orchestrator.pipeline.intake.Arrival.PendingFrame;
import framebuffer.orchestrator.pipeline.intake.Arrival.TerminalArrival;
import framebuffer.orchestrator.pipeline.routing.RoutingDecision;
import framebuffer.redis.handoff.FrameSource.SourceKind;
import framebuffer.redis.handoff.Move;
import framebuffer.wire.TraceContext;
import framebuffer.wire.frame.Frame;
import framebuffer.wire.frame.FrameCodec;
import framebuffer.wire.frame.ShedFrame;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Fields;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Queues the steps of frames for the {@link JournalWriter}. Never blocks the pump: when the queue is full, steps are dropped and counted.
 * Keeps the names of frames, not their contents.
 */
final class Journal implements FrameEvents {
    /** About one second at the highest hand-off rate. */
    private static final int MOST_BATCHES = 512;

    private final BlockingQueue<StepBatch> taken = new ArrayBlockingQueue<>(MOST_BATCHES);
    private final LongAdder dropped = new LongAdder();

    @Override
    public void settled(SettledBatch batch) {
        List<Outgoing> items = batch.items();
        List<JournalStep> steps = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            JournalStep step = step(items.get(i), batch.outcomes().get(i), batch.sentAt());
            if (step != null) {
                steps.add(step);
            }
        }
        if (!steps.isEmpty() && !taken.offer(new StepBatch(batch.sentAt(), batch.loads(), steps))) {
            dropped.add(steps.size());
        }
    }

    /** The next batch to write; null: none. */
    @Nullable
    StepBatch poll() {
        return taken.poll();
    }

    /** Counts steps as dropped. */
    void drop(int steps) {
        dropped.add(steps);
    }

    /** Steps dropped so far. */
    public long dropped() {
        return dropped.sum();
    }

    private static @Nullable JournalStep step(Outgoing item, Move.MoveOutcome became, Instant at) {
        return switch (item) {
            case Outgoing.Assigned assigned -> {
                JournalStep.HandOffResult outcome = outcome(became);
                yield outcome == null ? null : handOff(assigned, outcome, at);
            }
            case Outgoing.Terminal(TerminalArrival terminal) ->
                became == Move.MoveOutcome.MOVED ? end(terminal, at) : null;
        };
    }

    private static JournalStep.@Nullable HandOffResult outcome(Move.MoveOutcome became) {
        return switch (became) {
            case MOVED -> JournalStep.HandOffResult.HANDED_OFF;
            case FULL -> JournalStep.HandOffResult.FULL;
            case CLOSED -> JournalStep.HandOffResult.CLOSED;
            // Another instance settled the frame and writes this step.
            case GONE -> null;
        };
    }

    private static JournalStep handOff(Outgoing.Assigned assigned, JournalStep.HandOffResult outcome, Instant at) {
        PendingFrame pending = assigned.pending();
        Frame frame = pending.frame();
        List<JournalStep.StepTarget> choices = new ArrayList<>(assigned.choices().size());
        for (RoutingDecision.Choice choice : assigned.choices()) {
            choices.add(new JournalStep.StepTarget(choice.capability(), choice.slot().registration().id()));
        }
        TraceContext trace = assigned.spans().dispatch(0);
        return new JournalStep.HandOffStep(frame.frameId(), frame.cameraId(), pending.captureId(), at, pending.readAt(),
                pending.source().kind(), pending.holder(), pending.avoid(), pending.attempt(), trace.traceId(), outcome,
                choices);
    }

    private static @Nullable JournalStep end(TerminalArrival terminal, Instant at) {
        return switch (terminal.move()) {
            case Move.ToDeadLetters dead -> end(terminal, at, JournalStep.TerminalState.DEAD, dead.letter());
            case Move.Shed shed -> end(terminal, at, JournalStep.TerminalState.SHED, shed.kept());
            // The name of a lost frame is unknown, so nobody can ask for it. The other two moves end no frame.
            case Move.Lost _,Move.ToQueues _,Move.Deferred _ -> null;
        };
    }

    private static JournalStep end(TerminalArrival terminal, Instant at, JournalStep.TerminalState ending,
            Fields kept) {
        Move move = terminal.move();
        boolean captured = move.entry().equals(move.captureId());
        return new JournalStep.TerminalStep(name(kept), move.camera(), move.captureId(), at, ending, terminal.reason(),
                terminal.detail(), captured ? SourceKind.CAPTURE : SourceKind.RETURNED,
                capabilities(move, kept, captured));
    }

    /** The capabilities for which a frame ended. */
    private static List<String> capabilities(Move move, Fields kept, boolean captured) {
        if (move instanceof Move.Shed) {
            ShedFrame shed = ShedFrame.decode(kept);
            return shed == null ? List.of() : shed.needs();
        }
        String one = captured ? null : kept.text("capability");
        if (one != null) {
            return one.isEmpty() ? List.of() : List.of(one);
        }
        return FrameCodec.decode(move.entry(), kept) instanceof Decoded.Valid<Frame>(Frame frame)
                ? frame.capabilities()
                : List.of();
    }

    private static String name(Fields fields) {
        String name = fields.text("frame_id");
        return name == null ? "" : name;
    }
}
