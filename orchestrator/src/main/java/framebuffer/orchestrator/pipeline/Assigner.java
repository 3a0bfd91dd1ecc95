package framebuffer.orchestrator.pipeline;

import framebuffer.orchestrator.pipeline.admission.Shortage;
import framebuffer.orchestrator.pipeline.admission.Window.PlacementResult;
import framebuffer.orchestrator.pipeline.dispatch.FrameEvents;
import framebuffer.orchestrator.pipeline.dispatch.FrameTracer;
import framebuffer.orchestrator.pipeline.dispatch.Outgoing;
import framebuffer.orchestrator.pipeline.intake.Arrival.PendingFrame;
import framebuffer.orchestrator.pipeline.intake.Arrival.TerminalArrival;
import framebuffer.orchestrator.pipeline.routing.ProcessorLoads;
import framebuffer.orchestrator.pipeline.routing.ProcessorSlot;
import framebuffer.orchestrator.pipeline.routing.Router;
import framebuffer.orchestrator.pipeline.routing.RoutingDecision;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.wire.EntryId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Assigns waiting frames to processors: asks the router about each frame in turn. For the pump's thread. */
public final class Assigner {
    private final RoutingStrategy strategy;
    private final boolean affinity;
    private final AffinityProposals proposals;
    private final FrameTracer tracer;
    private final FrameEvents events;
    private final PumpContext context;
    private final Shortage shortage = new Shortage();
    private Router router;

    /**
     * @param affinityTable the agreed processor of each camera; used only with the strategy affinity
     */
    public Assigner(RoutingStrategy strategy, AffinityTable affinityTable, FrameTracer tracer, FrameEvents events,
            PumpContext context) {
        this.strategy = strategy;
        this.affinity = strategy == RoutingStrategy.AFFINITY;
        this.proposals = new AffinityProposals(affinityTable);
        this.tracer = tracer;
        this.events = events;
        this.context = context;
        this.router = new Router(strategy);
    }

    /** Forgets which frames are outstanding at processors. */
    void clear() {
        router = new Router(strategy);
        context.forget();
    }

    /** Takes over changes of processors, room and assignments since the last turn. */
    void refresh(Instant now) {
        events.tick(now);
        if (context.refresh()) {
            router.available(context.available());
        }
    }

    boolean paused() {
        return context.paused();
    }

    Collection<ProcessorSlot> slots() {
        return router.slots();
    }

    /** Load of the available processors. */
    public ProcessorLoads loads() {
        return ProcessorLoads.of(context.available(), router.slots());
    }

    /** Processor → outstanding frames, as far as the router knows. */
    Map<String, Integer> outstanding() {
        return router.slots().stream()
                .collect(Collectors.toMap(slot -> slot.registration().id(), ProcessorSlot::outstanding));
    }

    /** Capability → frames that wait because its processors are full. */
    Map<String, Integer> shortage(Map<List<String>, Integer> lengths) {
        return shortage.of(lengths);
    }

    /**
     * Offers slots to waiting frames, and adds frames that are assigned, and frames that expired, to {@code out}. Assigns nothing while an
     * operator has paused the service.
     *
     * @param before the entry that a frame must not overtake
     */
    void offer(WaitingFrames waiting, Map<FrameSource, List<Outgoing>> out,
            Function<PendingFrame, @Nullable EntryId> before, Instant now) {
        if (context.paused()) {
            return;
        }
        if (affinity) {
            proposals.begin(router);
        }
        waiting.offer(now, (pending, passed) -> {
            TerminalArrival expired = waiting.expired(pending, now);
            if (expired != null) {
                out.computeIfAbsent(pending.source(), any -> new ArrayList<>()).add(new Outgoing.Terminal(expired));
                return PlacementResult.LEAVES;
            }
            return place(pending, choices -> out.computeIfAbsent(pending.source(), any -> new ArrayList<>())
                    .add(new Outgoing.Assigned(pending, choices, tracer.begin(pending, choices, now),
                            before.apply(pending), passed)));
        });
        if (affinity) {
            proposals.end(router, now);
        }
    }

    private PlacementResult place(PendingFrame pending, Consumer<List<RoutingDecision.Choice>> goes) {
        long began = System.nanoTime();
        RoutingDecision decision = router.decide(pending.cameraId(), pending.needs(), pending.avoid(),
                pending.holder());
        events.decided(System.nanoTime() - began);
        return switch (decision) {
            case RoutingDecision.Routed(List<RoutingDecision.Choice> choices) -> {
                shortage.none(pending.needs());
                if (affinity) {
                    proposals.goes(pending.cameraId(), choices);
                }
                goes.accept(choices);
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
}
