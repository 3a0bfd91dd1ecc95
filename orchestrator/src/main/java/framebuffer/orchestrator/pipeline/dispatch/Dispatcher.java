package framebuffer.orchestrator.pipeline.dispatch;

import framebuffer.orchestrator.pipeline.dispatch.Outgoing.Assigned;
import framebuffer.orchestrator.pipeline.dispatch.Outgoing.Terminal;
import framebuffer.orchestrator.pipeline.intake.Arrival.PendingFrame;
import framebuffer.orchestrator.pipeline.intake.Arrival.TerminalArrival;
import framebuffer.orchestrator.pipeline.routing.ProcessorLoads;
import framebuffer.orchestrator.pipeline.routing.ProcessorSlot;
import framebuffer.orchestrator.pipeline.routing.RoutingDecision.Choice;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.handoff.Fenced;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.handoff.HandOff;
import framebuffer.redis.handoff.HandOff.CapturedFrames;
import framebuffer.redis.handoff.Move;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.frame.QueuedFrame;
import framebuffer.wire.frame.QueuedFrame.HandOffNote;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns decisions into hand-offs and settles them. Up to {@link #DEPTH} batches are on their way at once, so that Redis works on one
 * while the next is prepared. For one thread.
 */
public final class Dispatcher {
    /** Batches on their way at once. */
    public static final int DEPTH = 2;

    private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

    private final Keys keys;
    private @Nullable HandOffs handOffs;
    private final FrameEvents events;
    private final Deque<SentBatch> sent = new ArrayDeque<>();
    private final InFlightOrder inFlightOrder = new InFlightOrder();
    private final boolean inOrder;
    private final Supplier<ProcessorLoads> loads;

    private record SentBatch(HandOffs.Reply reply, HandOff.HandOffBatch batch, List<Outgoing> items,
            Map<String, ProcessorSlot> slots, long since, ProcessorLoads loads, Instant at) {
    }

    /**
     * A batch to be sent.
     *
     * @param source
     *            where all of it comes from
     * @param items
     *            what is on its way
     * @param captured
     *            frames to be counted; null: none
     * @param look
     *            processors whose room is to be looked at besides
     */
    public record OutgoingBatch(FrameSource source, List<? extends Outgoing> items,
            HandOff.@Nullable CapturedFrames captured,
            Collection<ProcessorSlot> look) {
        /** It in parts of which each gives one step of Redis no more values than it may take; mostly in one. What is counted is with the first. */
        public List<OutgoingBatch> parts() {
            if (BatchSplitter.isOne(items)) {
                return List.of(this);
            }
            List<List<Outgoing>> parts = BatchSplitter.of(items);
            List<OutgoingBatch> loads = new ArrayList<>(parts.size());
            for (List<Outgoing> part : parts) {
                loads.add(loads.isEmpty()
                        ? new OutgoingBatch(source, part, captured, look)
                        : new OutgoingBatch(source, part, null, List.of()));
            }
            return loads;
        }
    }

    /**
     * @param inOrder
     *            whether no frame may overtake another one of the same camera, priority and needs
     * @param loads
     *            how full the processors are
     */
    public Dispatcher(Keys keys, FrameEvents events, boolean inOrder, Supplier<ProcessorLoads> loads) {
        this.keys = keys;
        this.events = events;
        this.inOrder = inOrder;
        this.loads = loads;
    }

    /** The pump has a new connection in place of one that broke. */
    public void reconnected() {
        events.reconnected();
    }

    /** A new connection: what was on its way on the old one is settled by what Redis says is still pending. */
    public void connected(HandOffs connection) {
        sent.clear();
        inFlightOrder.clear();
        handOffs = connection;
    }

    /** Waits for what is on its way, whatever came of it: it is not to be settled, for all is read again. */
    public void abandon() {
        while (!sent.isEmpty()) {
            try {
                sent.remove().reply().await();
            } catch (Fenced | RedisRefused e) {
                log.debug("a batch on its way was refused too: {}", e.getMessage());
            }
        }
    }

    /** Nothing is on its way. */
    public boolean idle() {
        return sent.isEmpty();
    }

    /** As much is on its way as may be: settle first. */
    public boolean full() {
        return sent.size() >= DEPTH;
    }

    /** What this frame must not overtake, should it be refused: an entry on its way, or those of its batch; null: nothing. */
    public @Nullable EntryId before(PendingFrame pending) {
        return inOrder ? inFlightOrder.before(pending) : null;
    }

    /** Puts a batch on its way. */
    public void begin(OutgoingBatch load, Instant now) {
        Map<String, ProcessorSlot> slots = new LinkedHashMap<>();
        load.look().forEach(slot -> slots.put(queue(slot), slot));
        List<Move> moves = new ArrayList<>(load.items().size());
        for (Outgoing item : load.items()) {
            moves.add(switch (item) {
                case Terminal(TerminalArrival terminal) -> terminal.move();
                case Assigned assigned -> {
                    if (inOrder) {
                        inFlightOrder.sent(assigned.pending());
                    }
                    yield toQueues(assigned, slots, now);
                }
            });
        }
        Map<String, Integer> capacities = HashMap.newHashMap(slots.size());
        slots.forEach((queue, slot) -> capacities.put(queue, slot.registration().capacity()));
        HandOff.HandOffBatch batch = new HandOff.HandOffBatch(load.source(), capacities, load.captured(), moves);
        ProcessorLoads before = load.items().isEmpty() ? ProcessorLoads.NONE : loads.get();
        sent.add(new SentBatch(Objects.requireNonNull(handOffs).begin(batch), batch, List.copyOf(load.items()), slots,
                System.nanoTime(), before, now));
    }

    private Move toQueues(Assigned assigned, Map<String, ProcessorSlot> slots, Instant now) {
        PendingFrame pending = assigned.pending();
        List<Move.QueueTarget> targets = new ArrayList<>(assigned.choices().size());
        for (int i = 0; i < assigned.choices().size(); i++) {
            Choice choice = assigned.choices().get(i);
            slots.put(queue(choice.slot()), choice.slot());
            HandOffNote note = new HandOffNote(choice.capability(), pending.attempt(), pending.captureId(), now,
                    assigned.spans().dispatch(i));
            targets.add(new Move.QueueTarget(queue(choice.slot()), QueuedFrame.encode(pending.frame(), note)));
        }
        return new Move.ToQueues(pending.entry(), pending.captureId(), pending.frame().cameraId(), targets,
                assigned.after(), pending.suspect(), pending.blamed());
    }

    private String queue(ProcessorSlot slot) {
        return keys.queue(slot.registration().queue());
    }

    /** Waits for the oldest batch on its way; answers the frames that found no room and wait on. */
    public List<Assigned> settle() {
        SentBatch batch = sent.remove();
        HandOff.BatchOutcome outcome = batch.reply().await();
        long nanos = System.nanoTime() - batch.since();
        outcome.room().forEach((queue, room) -> {
            ProcessorSlot slot = batch.slots().get(queue);
            if (slot != null) {
                seen(slot, room);
            }
        });
        List<Assigned> waiting = new ArrayList<>();
        for (int i = 0; i < batch.items().size(); i++) {
            Move.MoveOutcome became = outcome.outcomes().get(i);
            switch (batch.items().get(i)) {
                case Terminal(TerminalArrival terminal) -> ended(terminal, became);
                case Assigned assigned -> {
                    assigned.choices().forEach(choice -> choice.slot().release());
                    if (inOrder) {
                        inFlightOrder.settled(assigned.pending());
                    }
                    if (!settled(assigned, became)) {
                        waiting.add(assigned);
                    }
                }
            }
        }
        HandOff.CapturedFrames captured = batch.batch().captured();
        events.settled(new FrameEvents.SettledBatch(batch.items(), outcome.outcomes(),
                captured == null ? Map.of() : captured.perCamera(), batch.at(), nanos, batch.loads()));
        return waiting;
    }

    private static void seen(ProcessorSlot slot, int room) {
        boolean wasClosed = slot.closed();
        if (room < 0) {
            slot.close();
        } else {
            slot.seen(room);
        }
        if (slot.closed() && !wasClosed) {
            log.warn("processor {} gets no frames: its queue {} is missing, or is not a stream",
                    slot.registration().id(),
                    slot.registration().queue());
        } else if (wasClosed && !slot.closed()) {
            log.info("processor {} gets frames again", slot.registration().id());
        }
    }

    /** Whether the frame needs no other decision: it was handed off, or somebody else has acknowledged it. */
    private static boolean settled(Assigned assigned, Move.MoveOutcome became) {
        return switch (became) {
            case MOVED -> {
                assigned.spans().end();
                yield true;
            }
            case GONE -> true;
            case FULL, CLOSED -> false;
        };
    }

    private static void ended(TerminalArrival terminal, Move.MoveOutcome became) {
        if (became != Move.MoveOutcome.MOVED) {
            return;
        }
        switch (terminal.move()) {
            case Move.Lost lost -> log.warn("frame of entry {} is lost: it {}", lost.entry(), terminal.detail());
            case Move.ToDeadLetters dead -> log.info("entry {} of camera {} is a dead letter, {}: {}", dead.entry(),
                    dead.camera(), terminal.reason(), terminal.detail());
            case Move.Deferred _,Move.Shed _ -> {
                // Not worth a line for each frame.
            }
            case Move.ToQueues queues -> throw new IllegalStateException("no end: " + queues.entry());
        }
    }
}
