package framebuffer.orchestrator.pipeline;

import framebuffer.orchestrator.pipeline.admission.Shortage;
import framebuffer.orchestrator.pipeline.admission.Window;
import framebuffer.orchestrator.pipeline.admission.Window.PlacementResult;
import framebuffer.orchestrator.pipeline.dispatch.Dispatcher;
import framebuffer.orchestrator.pipeline.dispatch.Outgoing;
import framebuffer.orchestrator.pipeline.dispatch.TerminalFrames;
import framebuffer.orchestrator.pipeline.intake.Arrival.PendingFrame;
import framebuffer.orchestrator.pipeline.intake.Arrival.TerminalArrival;
import framebuffer.orchestrator.pipeline.intake.CaptureCounter;
import framebuffer.orchestrator.pipeline.intake.Delivery;
import framebuffer.orchestrator.pipeline.intake.Inbox;
import framebuffer.orchestrator.pipeline.intake.Intake;
import framebuffer.orchestrator.pipeline.intake.ReadEpochs;
import framebuffer.orchestrator.pipeline.intake.ServiceClock.Interval;
import framebuffer.orchestrator.pipeline.routing.ProcessorLoads;
import framebuffer.orchestrator.pipeline.routing.ProcessorSlot;
import framebuffer.orchestrator.pipeline.routing.Router;
import framebuffer.orchestrator.pipeline.routing.RoutingDecision;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.handoff.Fenced;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.handoff.HandOff;
import framebuffer.redis.handoff.Move;
import framebuffer.wire.EntryId;
import framebuffer.wire.control.CameraPolicy.Keep;
import framebuffer.wire.frame.ShedFrame.ShedReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a frame, in one loop and one thread that owns everything mutable on it: take what the readers fetched, decode, let it
 * into the window, choose, hand off, settle.
 *
 * <p>
 * Nothing here need survive: after a lost connection the window is thrown away and everything that is still pending is read again.
 */
final class Pump implements RedisLoop.Work {
    /** How often the room of all processors is looked at while frames wait or go. */
    static final Duration LOOK = Duration.ofMillis(10);

    private static final Logger log = LoggerFactory.getLogger(Pump.class);
    private static final Duration BLIND = Duration.ofMillis(50);
    private static final Duration IDLE = Duration.ofMillis(100);
    /** How often frames that have to wait are looked through for those that have expired. */
    private static final Duration EXPIRE = Duration.ofMillis(250);
    private static final Duration SHOW = Duration.ofMillis(50);
    /** When a frame is tried again that may not be where another of its kind is. */
    private static final Duration APART = Duration.ofMillis(20);

    private final PumpParts parts;
    private final PumpContext context;
    private final Window<PendingFrame> window;
    private final ReadEpochs epochs = new ReadEpochs();
    private final TerminalFrames terminalFrames = new TerminalFrames();
    private final CaptureCounter captureCounter;
    private final Dispatcher dispatcher;
    private final PendingOwnership ownership;
    private final Intake intake;
    private final AffinityProposals proposals;
    private final Shortage shortage = new Shortage();
    private final boolean affinity;
    private Router router;
    private Instant lookedAt = Instant.EPOCH;
    private Instant shownAt = Instant.EPOCH;
    private Instant expiredAt = Instant.EPOCH;
    private boolean connectedBefore;
    private volatile boolean overtaken;
    private volatile PumpView view = PumpView.EMPTY;

    Pump(PumpParts parts) {
        this.parts = parts;
        this.context = new PumpContext(parts);
        this.window = new Window<>(parts.settings().window(), parts.settings().starvation());
        this.router = new Router(parts.settings().strategy());
        this.affinity = parts.settings().strategy() == RoutingStrategy.AFFINITY;
        this.dispatcher = new Dispatcher(parts.settings().keys(),
                new HandOff(parts.settings().keys(), parts.settings().consumer(), parts.settings().limits()),
                parts.events(), affinity, () -> ProcessorLoads.of(context.available(), router.slots()));
        this.ownership = new PendingOwnership(dispatcher, parts.settings(), this::holds);
        this.intake = new Intake(parts.settings().maxAttempts(), parts.letters().floods());
        this.captureCounter = new CaptureCounter(parts.settings().consumer());
        this.proposals = new AffinityProposals(parts.placing(), parts.settings().affinity());
    }

    /** Its state, for others to look at. */
    PumpView view() {
        return view;
    }

    @Override
    public void connected(RedisConnection redis) {
        begin(redis);
        if (connectedBefore) {
            parts.events().reconnected();
            parts.beginAgain().run();
        }
        connectedBefore = true;
    }

    private void begin(RedisConnection redis) {
        dispatcher.connected(redis);
        window.removeIf(_ -> true);
        terminalFrames.clear();
        router = new Router(parts.settings().strategy());
        context.forget();
        captureCounter.begin(ownership.begin(redis));
        epochs.next();
    }

    @Override
    public void runOnce(RedisConnection redis) throws InterruptedException {
        if (overtaken) {
            overtaken = false;
            beginAgain(redis);
        }
        try {
            Instant now = parts.clock().instant();
            if (ownership.stands(redis, now, () -> settleAll(now), captureCounter::countedUpTo)) {
                oneTurn(redis);
                return;
            }
        } catch (Fenced e) {
            log.debug("{}", e.getMessage());
        }
        log.warn("{} begins again, for it does not hold what is pending for it: it was silent for too long, another"
                + " process used its name, or a stream or its group was made anew", parts.settings().consumer());
        beginAgain(redis);
    }

    private boolean holds(String stream, EntryId entry) {
        boolean[] found = {terminalFrames.holds(stream, entry)};
        window.forEach(
                pending -> found[0] |= pending.entry().equals(entry) && pending.source().stream().equals(stream));
        return found[0];
    }

    private void settleAll(Instant now) {
        while (!dispatcher.idle()) {
            settle(now);
        }
    }

    private void oneTurn(RedisConnection redis) throws InterruptedException {
        Delivery delivery = parts.inbox()
                .poll(!dispatcher.idle() ? Duration.ZERO : waitsForRoom() ? LOOK : IDLE, room());
        Instant now = parts.clock().instant();
        if (parts.clock().wasSet()) {
            // What waits for a moment, or since one, would wait by another clock.
            beginAgain(redis);
            return;
        }
        context.notice(router);
        parts.letters().floods().evaluate(now);
        if (delivery != null) {
            admit(delivery, now);
        }
        expire(now);
        parts.letters().pixels().inspect(now, window::forEach);
        lookIfBlind(redis, now);
        boolean sent = send(redis, now);
        if (dispatcher.full() || (delivery == null && !sent && !dispatcher.idle())) {
            settle(now);
        }
        show(now);
    }

    /** More is pending for us than we have read: begin again with all that is. From any thread. */
    void beginAgain() {
        overtaken = true;
        parts.inbox().wake();
    }

    private void beginAgain(RedisConnection redis) {
        dispatcher.abandon();
        begin(redis);
        parts.beginAgain().run();
    }

    /** What comes back may fill the window once more. */
    private Inbox.Room room() {
        return context.known() && window.room() >= parts.settings().batch()
                ? Inbox.Room.ALL
                : window.isOverfull() ? Inbox.Room.NONE : Inbox.Room.RETURNING;
    }

    @Override
    public void stopping(RedisConnection redis) {
        try {
            settleAll(parts.clock().instant());
        } catch (Fenced e) {
            dispatcher.abandon();
        }
    }

    private boolean waitsForRoom() {
        return !context.paused() && window.size() > 0 && !router.slots().isEmpty();
    }

    private void admit(Delivery delivery, Instant now) {
        FrameSource source = delivery.source();
        if (!epochs.accepts(delivery, () -> {
            window.removeIf(pending -> pending.source().equals(source));
            terminalFrames.drop(source);
        })) {
            return;
        }
        ownership.takes(delivery);
        for (StreamEntry entry : delivery.entries()) {
            switch (intake.read(delivery, entry, now)) {
                case PendingFrame pending -> {
                    count(source, entry.id(), pending.frame().cameraId());
                    letIn(pending, now, 0);
                }
                case TerminalArrival terminal -> {
                    count(source, entry.id(), terminal.move().camera());
                    if (terminal.move() instanceof Move.Deferred deferred) {
                        parts.letters().pixels().leaves(deferred.returned(), deferred.delay());
                    }
                    terminalFrames.add(source, terminal);
                }
            }
        }
    }

    private void letIn(PendingFrame pending, Instant now, long passed) {
        if (context.policies().of(pending.cameraId()).keep() == Keep.ALL) {
            window.add(pending, now, passed);
            return;
        }
        window.addLatest(pending, now, passed)
                .forEach(older -> terminalFrames.add(older.source(), older.shed(ShedReason.SUPERSEDED,
                        "only the newest of its camera is wanted, and a newer one waits", now,
                        parts.settings().consumer())));
    }

    /** Frames that cannot go are not offered, so they are looked through for those that end; beyond a batch at the next turn. */
    private void expire(Instant now) {
        if (window.size() == 0 || !Interval.isOver(expiredAt, EXPIRE, now)) {
            return;
        }
        int[] left = {parts.settings().batch()};
        parts.letters().unroutable().begin();
        window.removeIf(pending -> waitsInVain(pending, now) != null && left[0]-- > 0)
                .forEach(pending -> terminalFrames.add(pending.source(),
                        Objects.requireNonNull(waitsInVain(pending, now))));
        expiredAt = left[0] < 0 ? Instant.EPOCH : now;
    }

    /** Why it ends without having gone, or null. What cannot go because we are paused is not given up on. */
    private @Nullable TerminalArrival waitsInVain(PendingFrame pending, Instant now) {
        TerminalArrival expired = expired(pending, now);
        return expired != null || context.paused() ? expired : parts.letters().unroutable().givenUp(pending, now);
    }

    private @Nullable TerminalArrival expired(PendingFrame pending, Instant now) {
        String why = context.policies().of(pending.cameraId()).expired(pending.frame(), pending.captureId(), now);
        return why == null ? null : pending.shed(ShedReason.EXPIRED, why, now, parts.settings().consumer());
    }

    private void count(FrameSource source, EntryId entry, String camera) {
        if (source.kind() == FrameSource.SourceKind.CAPTURE && captureCounter.read(entry, camera)) {
            parts.sightings().seen(camera, entry);
        }
    }

    /** After a quiet time our view of room is old, and a decision by it would be a guess. */
    private void lookIfBlind(RedisConnection redis, Instant now) {
        if (waitsForRoom() && dispatcher.idle() && Interval.isOver(lookedAt, BLIND, now)) {
            begin(redis, new Dispatcher.OutgoingBatch(parts.settings().capture(), List.of(),
                    captureCounter.take(), looking(true, now)), now);
            settle(now);
        }
    }

    private boolean send(RedisConnection redis, Instant now) {
        Map<FrameSource, List<Outgoing>> out = terminalFrames.take(parts.settings().batch());
        if (!context.paused()) {
            offer(out, now);
        }
        boolean look = (window.size() > 0 || !out.isEmpty()) && Interval.isOver(lookedAt, LOOK, now);
        if (!captureCounter.isEmpty() || (look && !router.slots().isEmpty())) {
            out.computeIfAbsent(parts.settings().capture(), any -> new ArrayList<>());
        }
        out.forEach((source, items) -> begin(redis, new Dispatcher.OutgoingBatch(source, items,
                source.kind() == FrameSource.SourceKind.CAPTURE ? captureCounter.take() : null, looking(look, now)),
                now));
        return out.values().stream().anyMatch(items -> !items.isEmpty());
    }

    private void offer(Map<FrameSource, List<Outgoing>> out, Instant now) {
        if (affinity) {
            proposals.begin(router);
        }
        window.offer(now, parts.settings().batch(), (pending, passed) -> judge(pending, passed, out, now));
        if (affinity) {
            proposals.end(router, now);
        }
    }

    /** Whether it goes now; {@code passed}: how many more urgent ones have gone since it came. */
    private PlacementResult judge(PendingFrame pending, long passed, Map<FrameSource, List<Outgoing>> out,
            Instant now) {
        TerminalArrival expired = expired(pending, now);
        if (expired != null) {
            out.computeIfAbsent(pending.source(), any -> new ArrayList<>()).add(new Outgoing.Terminal(expired));
            return PlacementResult.LEAVES;
        }
        long before = System.nanoTime();
        RoutingDecision decision = router.decide(pending.cameraId(), pending.needs(), pending.avoid(),
                pending.holder());
        parts.events().decided(System.nanoTime() - before);
        return switch (decision) {
            case RoutingDecision.Routed(List<RoutingDecision.Choice> choices) -> {
                shortage.none(pending.needs());
                if (affinity) {
                    proposals.goes(pending.cameraId(), choices);
                }
                out.computeIfAbsent(pending.source(), any -> new ArrayList<>()).add(new Outgoing.Assigned(pending,
                        choices, parts.tracing().begin(pending, choices, now), dispatcher.before(pending),
                        passed));
                yield PlacementResult.GOES;
            }
            case RoutingDecision.Unassigned(List<RoutingDecision.Choice> choices) -> {
                proposals.waits(choices);
                shortage.none(pending.needs());
                yield PlacementResult.HELD;
            }
            case RoutingDecision.NoCapability _ -> {
                shortage.none(pending.needs());
                yield PlacementResult.WAITS;
            }
            case RoutingDecision.AllFull(String capability) -> {
                shortage.waits(pending.needs(), capability);
                yield PlacementResult.WAITS;
            }
        };
    }

    private void begin(RedisConnection redis, Dispatcher.OutgoingBatch load, Instant now) {
        for (Dispatcher.OutgoingBatch part : load.parts()) {
            if (dispatcher.full()) {
                settle(now);
            }
            dispatcher.begin(redis, part, now);
        }
    }

    private Collection<ProcessorSlot> looking(boolean look, Instant now) {
        if (!look || lookedAt.equals(now)) {
            return List.of();
        }
        lookedAt = now;
        return List.copyOf(router.slots());
    }

    private void settle(Instant now) {
        for (Outgoing.Assigned refused : dispatcher.settle()) {
            PendingFrame pending = refused.pending();
            // Its source may have been withdrawn since: its processor is well again, and keeps it.
            if (epochs.isCurrent(pending.source(), pending.epoch())) {
                letIn(pending.suspect()
                        ? pending.later(now.plus(APART), refused.choices().getFirst().slot().registration().id())
                        : pending, now, refused.passed());
            }
        }
    }

    private void show(Instant now) {
        if (!Interval.isOver(shownAt, SHOW, now)) {
            return;
        }
        shownAt = now;
        Duration oldest = window.oldest().map(pending -> Duration.between(pending.captureId().time(), now))
                .filter(Duration::isPositive).orElse(Duration.ZERO);
        view = new PumpView(window.size(), window.bytes(), oldest, router.slots().stream()
                .collect(Collectors.toMap(slot -> slot.registration().id(), ProcessorSlot::outstanding)),
                context.paused() ? Map.of() : shortage.of(window.lengths()), parts.letters().unroutable().missing());
    }
}
