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
 * Turns decisions into hand-offs and settles them. Up to {@link #DEPTH} batches are in flight, so that Redis works on one while the pump
 * prepares the next. For one thread.
 */
public final class Dispatcher {
    /** Most batches in flight. */
    public static final int DEPTH = 2;

    private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

    private final Keys keys;
    private @Nullable HandOffs handOffs;
    private final FrameEvents events;
    private final Deque<SentBatch> sent = new ArrayDeque<>();
    private final InFlightOrder inFlightOrder = new InFlightOrder();
    private final boolean inOrder;
    private final Supplier<ProcessorLoads> loads;
    private final EventBursts ends = new EventBursts();

    private record SentBatch(HandOffs.Reply reply, HandOff.HandOffBatch batch, List<Outgoing> items,
            Map<String, ProcessorSlot> slots, long since, ProcessorLoads loads, Instant at) {
    }

    /**
     * A batch to be sent.
     *
     * @param source the stream of all its frames
     * @param items its frames
     * @param captured frames to count as captured; null: none
     * @param look processors whose room is read as well
     */
    public record OutgoingBatch(FrameSource source, List<? extends Outgoing> items,
            HandOff.@Nullable CapturedFrames captured,
            Collection<ProcessorSlot> look) {
        /** The batch split for {@link BatchSplitter#MOST_VALUES}; mostly one part. The first part counts the captured frames. */
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
     * @param inOrder whether no frame may overtake another of the same camera, priority and needs
     * @param loads load of the processors
     */
    public Dispatcher(Keys keys, FrameEvents events, boolean inOrder, Supplier<ProcessorLoads> loads) {
        this.keys = keys;
        this.events = events;
        this.inOrder = inOrder;
        this.loads = loads;
    }

    /** Tells listeners that a new connection replaces a broken one. */
    public void reconnected() {
        events.reconnected();
    }

    /** Uses a new connection. What is still pending in Redis shows the outcome of the batches that were in flight on the old one. */
    public void connected(HandOffs connection) {
        sent.clear();
        inFlightOrder.clear();
        handOffs = connection;
    }

    /** Waits for the batches in flight without settling them, because all pending entries are read again. */
    public void abandon() {
        while (!sent.isEmpty()) {
            try {
                sent.remove().reply().await();
            } catch (Fenced | RedisRefused e) {
                log.debug("another batch in flight was refused: {}", e.getMessage());
            }
        }
    }

    /** Logs how many frames have ended alike, when that has ceased. */
    public void logEnds() {
        ends.end(System.nanoTime(), log::info);
    }

    /** Whether no batch is in flight. */
    public boolean idle() {
        return sent.isEmpty();
    }

    /** Whether no further batch may be sent before one is settled. */
    public boolean full() {
        return sent.size() >= DEPTH;
    }

    /** The newest frame in flight that this frame must not overtake; null: none. */
    public @Nullable EntryId before(PendingFrame pending) {
        return inOrder ? inFlightOrder.before(pending) : null;
    }

    /** Sends a batch. */
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

    /** Waits for the oldest batch in flight. Returns the frames that were refused for want of room and wait again. */
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

    /** Whether the frame needs no further decision: it was handed off, or another instance has acknowledged it. */
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

    private void ended(TerminalArrival terminal, Move.MoveOutcome became) {
        if (became != Move.MoveOutcome.MOVED) {
            return;
        }
        switch (terminal.move()) {
            case Move.Lost lost -> {
                if (ends.begins("frames lost", System.nanoTime())) {
                    log.warn("frame of entry {} is lost: it {}", lost.entry(), terminal.detail());
                }
            }
            case Move.ToDeadLetters dead -> {
                if (ends.begins("dead letters, " + terminal.reason(), System.nanoTime())) {
                    log.info("entry {} of camera {} is a dead letter, {}: {}", dead.entry(), dead.camera(),
                            terminal.reason(), terminal.detail());
                }
            }
            case Move.Deferred _,Move.Shed _ -> {
                // Too frequent for a log line each.
            }
            case Move.ToQueues queues -> throw new IllegalStateException("no end: " + queues.entry());
        }
    }
}
