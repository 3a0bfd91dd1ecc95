package framebuffer.orchestrator.journal;

import framebuffer.orchestrator.dispatch.Outgoing;
import framebuffer.orchestrator.dispatch.Settled;
import framebuffer.orchestrator.intake.Arrival.Ended;
import framebuffer.orchestrator.intake.Arrival.Pending;
import framebuffer.orchestrator.journey.Batch;
import framebuffer.orchestrator.journey.Step;
import framebuffer.orchestrator.routing.Decision;
import framebuffer.orchestrator.routing.Loads;
import framebuffer.streams.handoff.Move;
import framebuffer.wire.Fields;
import framebuffer.wire.TraceContext;
import framebuffer.wire.frame.Frame;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Takes down what the pump does, without ever making it wait: where nobody writes it down in time, it is dropped and counted. Of frames
 * only the names are kept, not what they carry.
 */
public final class Journal implements Settled {
    /** About a second of the most that can be handed off. */
    private static final int MOST_BATCHES = 512;

    private final BlockingQueue<Batch> taken = new ArrayBlockingQueue<>(MOST_BATCHES);
    private final LongAdder dropped = new LongAdder();

    @Override
    public void settled(Loads loads, Instant at, List<Outgoing> items, List<Move.Outcome> became) {
        List<Step> steps = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            Step step = step(items.get(i), became.get(i), at);
            if (step != null) {
                steps.add(step);
            }
        }
        if (!steps.isEmpty() && !taken.offer(new Batch(at, loads, steps))) {
            dropped.add(steps.size());
        }
    }

    /** What is next to be written down; null: nothing. */
    @Nullable
    Batch poll() {
        return taken.poll();
    }

    /** Steps that could not be written down. */
    void drop(int steps) {
        dropped.add(steps);
    }

    /** Steps that were not written down, so far. */
    public long dropped() {
        return dropped.sum();
    }

    private static @Nullable Step step(Outgoing item, Move.Outcome became, Instant at) {
        return switch (item) {
            case Outgoing.Assigned assigned -> {
                Step.Outcome outcome = outcome(became);
                yield outcome == null ? null : handOff(assigned, outcome, at);
            }
            case Outgoing.Ending(Ended ended) -> became == Move.Outcome.MOVED ? end(ended, at) : null;
        };
    }

    private static Step.@Nullable Outcome outcome(Move.Outcome became) {
        return switch (became) {
            case MOVED -> Step.Outcome.HANDED_OFF;
            case FULL -> Step.Outcome.FULL;
            case CLOSED -> Step.Outcome.CLOSED;
            // Somebody else did it, and says so.
            case GONE -> null;
        };
    }

    private static Step handOff(Outgoing.Assigned assigned, Step.Outcome outcome, Instant at) {
        Pending pending = assigned.pending();
        Frame frame = pending.frame();
        List<Step.Choice> choices = new ArrayList<>(assigned.choices().size());
        for (Decision.Choice choice : assigned.choices()) {
            choices.add(new Step.Choice(choice.capability(), choice.slot().registration().id()));
        }
        TraceContext trace = assigned.spans().dispatch(0);
        return new Step.HandOff(frame.frameId(), frame.cameraId(), pending.captureId(), at, pending.readAt(),
                switch (pending.source().kind()) {
                    case CAPTURE -> Step.From.CAPTURE;
                    case RETURNED -> Step.From.RETURNED;
                    case QUEUE -> Step.From.QUEUE;
                }, pending.holder(), pending.avoid(), pending.attempt(), trace.traceId(), outcome, choices);
    }

    private static @Nullable Step end(Ended ended, Instant at) {
        return switch (ended.move()) {
            case Move.ToDeadLetters dead -> end(ended, at, Step.Ending.DEAD, name(dead.letter()));
            case Move.Shed shed -> end(ended, at, Step.Ending.SHED, name(shed.kept()));
            // Of a lost frame nobody knows the name, so nobody could ask for it. The others are no end.
            case Move.Lost _,Move.ToQueues _,Move.Deferred _ -> null;
        };
    }

    private static Step end(Ended ended, Instant at, Step.Ending ending, String frameId) {
        return new Step.End(frameId, ended.move().camera(), ended.move().captureId(), at, ending, ended.reason(),
                ended.detail());
    }

    private static String name(Fields fields) {
        String name = fields.text("frame_id");
        return name == null ? "" : name;
    }
}
