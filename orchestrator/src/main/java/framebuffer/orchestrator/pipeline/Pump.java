package framebuffer.orchestrator.pipeline;

import framebuffer.orchestrator.pipeline.admission.Window;
import framebuffer.orchestrator.pipeline.admission.Window.Starvation;
import framebuffer.orchestrator.pipeline.dispatch.Dispatcher;
import framebuffer.orchestrator.pipeline.dispatch.Dispatcher.OutgoingBatch;
import framebuffer.orchestrator.pipeline.dispatch.HandOffs;
import framebuffer.orchestrator.pipeline.dispatch.Outgoing;
import framebuffer.orchestrator.pipeline.intake.Arrival.PendingFrame;
import framebuffer.orchestrator.pipeline.intake.ArrivalReader;
import framebuffer.orchestrator.pipeline.intake.Delivery;
import framebuffer.orchestrator.pipeline.routing.ProcessorSlot;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.cluster.ServiceClock;
import framebuffer.redis.cluster.ServiceClock.Interval;
import framebuffer.redis.frames.DeferredFrames;
import framebuffer.redis.handoff.Fenced;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.handoff.FrameSource.SourceKind;
import framebuffer.redis.handoff.HandOff;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop that moves frames, in one thread that owns all their mutable state: it takes deliveries, admits them to the window, chooses
 * processors, hands off and settles.
 *
 * <p>
 * The pump needs no saved state: after a lost connection it discards the window and reads all pending entries again.
 */
public final class Pump implements RedisLoop.Work {
    /** Interval between reads of the room of all processors while frames wait or are handed off. */
    static final Duration LOOK = Duration.ofMillis(10);

    private static final Logger log = LoggerFactory.getLogger(Pump.class);
    /** Age at which the known room is too old for decisions, if no batch in flight will renew it. */
    private static final Duration BLIND = Duration.ofMillis(50);
    private static final Duration IDLE = Duration.ofMillis(100);
    /** Interval between two published views. */
    private static final Duration SHOW = Duration.ofMillis(50);
    /** Delay before the next attempt of a suspect frame that must not share a processor with another suspect frame. */
    private static final Duration APART = Duration.ofMillis(20);

    private final ArrivalReader arrivals;
    private final WaitingFrames waiting;
    private final Assigner assigner;
    private final PendingOwnership ownership;
    private final Dispatcher dispatcher;
    private final ServiceClock.Follower clock;
    private final Function<RedisConnection, HandOffs> connect;
    private @Nullable HandOffs handOffs;
    private Instant lookedAt = Instant.EPOCH;
    private Instant shownAt = Instant.EPOCH;
    private boolean connectedBefore;
    private volatile boolean overtaken;
    private volatile PumpView view = PumpView.EMPTY;

    /**
     * Bounds of the pipeline.
     *
     * @param window frames that may wait, read but not handed off
     * @param starvation when a waiting frame goes before more urgent ones
     * @param batch most frames in one read or hand-off
     * @param maxAttempts attempts charged to a frame before it becomes a dead letter
     * @param processingTimeout default time that a processor may take for a frame
     * @param foreignGroupRetention how long a foreign group on the capture stream may leave entries unread and still hold them back
     * @param instanceLease how long an instance may be silent before others take over its frames
     * @param handOff bounds of what a hand-off writes besides frames
     * @param affinity bounds of the affinity table
     */
    public record PipelineLimits(Window.Limit window, Starvation starvation, int batch, int maxAttempts,
            Duration processingTimeout,
            Duration foreignGroupRetention, Duration instanceLease, HandOff.HandOffLimits handOff,
            AffinityTable.AffinityLimits affinity) {
        public static final PipelineLimits DEFAULT = new PipelineLimits(Window.Limit.of(10_000), Starvation.DEFAULT,
                200, 5,
                Duration.ofSeconds(60),
                Duration.ofHours(1), Duration.ofSeconds(5), HandOff.HandOffLimits.DEFAULT,
                AffinityTable.AffinityLimits.DEFAULT);

        /** Cuts the batch to a tenth of the window: new frames are admitted only while a whole batch fits, so little room stays unused. */
        public PipelineLimits {
            batch = Math.clamp(window.frames() / 10, 1, batch);
        }

        /** Deferred frames that return at once leave at least half of the window to other frames. */
        public DeferredFrames.DeferralLimits released() {
            return new DeferredFrames.DeferralLimits(batch, window.atOnce(), handOff.deferred(),
                    Math.max(1, window.frames() / 2));
        }
    }

    /**
     * @param stages the stages that a frame passes
     * @param connect makes hand-offs over a new connection
     */
    public Pump(Stages stages, ServiceClock.Follower clock, Function<RedisConnection, HandOffs> connect) {
        this.arrivals = stages.arrivals();
        this.waiting = stages.waiting();
        this.assigner = stages.assigner();
        this.dispatcher = stages.dispatcher();
        this.clock = clock;
        this.connect = connect;
        this.ownership = new PendingOwnership(waiting::holds);
    }

    /** The stages of a frame, in order: arrival, waiting, assignment, dispatch. */
    public record Stages(ArrivalReader arrivals, WaitingFrames waiting, Assigner assigner, Dispatcher dispatcher) {
    }

    /** The state of the pump, at most a tenth of a second old. From any thread. */
    public PumpView view() {
        return view;
    }

    @Override
    public void connected(RedisConnection redis) {
        connected(connect.apply(redis));
    }

    /** Begins with the hand-offs of a new connection. */
    void connected(HandOffs connection) {
        begin(connection);
        if (connectedBefore) {
            dispatcher.reconnected();
            arrivals.beginAgain();
        }
        connectedBefore = true;
    }

    private void begin(HandOffs connection) {
        handOffs = connection;
        dispatcher.connected(connection);
        waiting.clear();
        assigner.clear();
        arrivals.begin(ownership.begin(connection));
    }

    @Override
    public void runOnce(RedisConnection redis) throws InterruptedException {
        step();
    }

    /** One turn. */
    void step() throws InterruptedException {
        HandOffs connection = Objects.requireNonNull(handOffs);
        if (overtaken) {
            overtaken = false;
            beginAgain(connection);
        }
        try {
            Instant now = clock.instant();
            if (ownership.stands(connection, now, () -> settleAll(now), arrivals::told)) {
                move(connection);
                return;
            }
        } catch (Fenced e) {
            log.debug("{}", e.getMessage());
        }
        log.warn("{} begins again, because its pending frames changed: it was silent for too long, another process"
                + " used its name, or a stream or its group was created anew", arrivals.consumer());
        beginAgain(connection);
    }

    private void move(HandOffs connection) throws InterruptedException {
        Delivery delivery = arrivals.poll(dispatcher.idle() ? waitsForRoom() ? LOOK : IDLE : Duration.ZERO,
                waiting.room());
        Instant now = clock.instant();
        if (clock.wasSet()) {
            // Waiting times were measured by the clock before it was set.
            beginAgain(connection);
            return;
        }
        assigner.refresh(now);
        if (delivery != null) {
            admit(delivery, now);
        }
        waiting.expire(now);
        lookIfBlind(now);
        boolean sent = send(now);
        if (dispatcher.full() || (delivery == null && !sent && !dispatcher.idle())) {
            settle(now);
        }
        show(now);
    }

    /** Reads all pending entries again, because more are pending than the pump has read. From any thread. */
    public void beginAgain() {
        overtaken = true;
        arrivals.wake();
    }

    private void beginAgain(HandOffs connection) {
        dispatcher.abandon();
        begin(connection);
        arrivals.beginAgain();
    }

    @Override
    public void stopping(RedisConnection redis) {
        try {
            settleAll(clock.instant());
        } catch (Fenced e) {
            dispatcher.abandon();
        }
    }

    private boolean waitsForRoom() {
        return !assigner.paused() && !waiting.isEmpty() && !assigner.slots().isEmpty();
    }

    private void admit(Delivery delivery, Instant now) {
        if (!arrivals.accepts(delivery, () -> waiting.drop(delivery.source()))) {
            return;
        }
        ownership.takes(delivery);
        for (StreamEntry entry : delivery.entries()) {
            waiting.admit(delivery.source(), arrivals.read(delivery, entry, now), now);
        }
    }

    /** Reads the room of all processors after a quiet time, because the known room is too old. */
    private void lookIfBlind(Instant now) {
        if (waitsForRoom() && dispatcher.idle() && Interval.isOver(lookedAt, BLIND, now)) {
            begin(new OutgoingBatch(arrivals.capture(), List.of(), arrivals.take(), looking(true, now)), now);
            settle(now);
        }
    }

    private boolean send(Instant now) {
        Map<FrameSource, List<Outgoing>> out = waiting.ended();
        assigner.offer(waiting, out, dispatcher::before, now);
        boolean look = (!waiting.isEmpty() || !out.isEmpty()) && Interval.isOver(lookedAt, LOOK, now);
        if (arrivals.hasNews() || (look && !assigner.slots().isEmpty())) {
            out.computeIfAbsent(arrivals.capture(), any -> new ArrayList<>());
        }
        out.forEach((source, items) -> begin(new OutgoingBatch(source, items,
                source.kind() == SourceKind.CAPTURE ? arrivals.take() : null, looking(look, now)), now));
        return out.values().stream().anyMatch(items -> !items.isEmpty());
    }

    private void begin(OutgoingBatch batch, Instant now) {
        for (OutgoingBatch part : batch.parts()) {
            if (dispatcher.full()) {
                settle(now);
            }
            dispatcher.begin(part, now);
        }
    }

    private Collection<ProcessorSlot> looking(boolean look, Instant now) {
        if (!look || lookedAt.equals(now)) {
            return List.of();
        }
        lookedAt = now;
        return List.copyOf(assigner.slots());
    }

    private void settleAll(Instant now) {
        while (!dispatcher.idle()) {
            settle(now);
        }
    }

    private void settle(Instant now) {
        for (Outgoing.Assigned refused : dispatcher.settle()) {
            PendingFrame pending = refused.pending();
            // The source may have been withdrawn since, because its processor is healthy again and keeps the frame.
            if (arrivals.isCurrent(pending.source(), pending.epoch())) {
                waiting.add(pending.suspect()
                        ? pending.later(now.plus(APART), refused.choices().getFirst().slot().registration().id())
                        : pending, now, refused.passed());
            }
        }
    }

    private void show(Instant now) {
        if (Interval.isOver(shownAt, SHOW, now)) {
            shownAt = now;
            view = waiting.view(now, assigner);
            dispatcher.logEnds();
        }
    }

    /**
     * The pump's state, at most a tenth of a second old.
     *
     * @param waiting frames in the window
     * @param bytes their total size
     * @param oldestAge time since the capture of the oldest of them; zero when none waits
     * @param outstanding processor id → its outstanding frames, as far as the router knows
     * @param shortage capability → frames that wait because its processors are full; {@code ""}: any processor
     * @param missing capabilities that frames wait for and no available processor offers; {@code ""}: any processor
     */
    public record PumpView(int waiting, long bytes, Duration oldestAge, Map<String, Integer> outstanding,
            Map<String, Integer> shortage, Set<String> missing) {
        public static final PumpView EMPTY = new PumpView(0, 0, Duration.ZERO, Map.of(), Map.of(), Set.of());

        /** The sum over several pumps. */
        public static PumpView sum(Collection<PumpView> each) {
            if (each.size() == 1) {
                return each.iterator().next();
            }
            Map<String, Integer> outstanding = new HashMap<>();
            Map<String, Integer> shortage = new HashMap<>();
            Set<String> missing = new HashSet<>();
            PumpView sum = EMPTY;
            for (PumpView one : each) {
                one.outstanding.forEach((processor, frames) -> outstanding.merge(processor, frames, Integer::sum));
                one.shortage.forEach((capability, frames) -> shortage.merge(capability, frames, Integer::sum));
                missing.addAll(one.missing);
                sum = new PumpView(sum.waiting + one.waiting, sum.bytes + one.bytes,
                        sum.oldestAge.compareTo(one.oldestAge) > 0 ? sum.oldestAge : one.oldestAge, outstanding,
                        shortage, missing);
            }
            return sum;
        }

        public PumpView {
            outstanding = Map.copyOf(outstanding);
            shortage = Map.copyOf(shortage);
            missing = Set.copyOf(missing);
        }
    }
}
