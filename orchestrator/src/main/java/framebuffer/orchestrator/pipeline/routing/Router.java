package framebuffer.orchestrator.pipeline.routing;

import framebuffer.orchestrator.pipeline.routing.AffinityPolicy.AffinityDecision;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.control.Registration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decides which processors get a frame, by the known room. For one thread. */
public final class Router {
    private static final List<String> ANY = List.of("");

    /** Candidates of the current decision. */
    private final List<ProcessorSlot> withRoom = new ArrayList<>();
    private final RoutingStrategy strategy;
    private final Map<String, Long> turns = new HashMap<>();
    private Map<String, ProcessorSlot> slots = Map.of();
    private Map<String, List<ProcessorSlot>> byCapability = Map.of();
    private TentativeAssignments tentative = new TentativeAssignments(CameraAssignments.UNREAD, 0);

    public Router(RoutingStrategy strategy) {
        this.strategy = strategy;
    }

    /**
     * Begins a turn with these assignments, which only {@link RoutingStrategy#AFFINITY} needs.
     *
     * @param most most assignments
     */
    public void begin(CameraAssignments assignments, int most) {
        tentative = new TentativeAssignments(assignments, most);
    }

    /** Assignments that the decisions of this turn need. */
    public Map<CameraNeed, String> wishes() {
        return tentative.wishes();
    }

    /** Sets the available processors. Known room of those that remain is kept. */
    public void available(Collection<Registration> registrations) {
        Map<String, ProcessorSlot> now = new LinkedHashMap<>();
        Map<String, List<ProcessorSlot>> offers = new HashMap<>();
        for (Registration registration : registrations) {
            ProcessorSlot before = slots.get(registration.id());
            ProcessorSlot slot = before == null ? new ProcessorSlot(registration, registration.capacity()) : before;
            slot.become(registration);
            now.put(registration.id(), slot);
            offers.computeIfAbsent("", any -> new ArrayList<>()).add(slot);
            registration.capabilities().forEach(c -> offers.computeIfAbsent(c, any -> new ArrayList<>()).add(slot));
        }
        slots = now;
        byCapability = offers;
        turns.keySet().retainAll(offers.keySet());
    }

    /** Slots of all available processors. */
    public Collection<ProcessorSlot> slots() {
        return slots.values();
    }

    /** The slot of this processor; null: it is not available. */
    public @Nullable ProcessorSlot slot(String id) {
        return slots.get(id);
    }

    /** Decides on a frame that is in no work queue. */
    public RoutingDecision decide(String camera, List<String> needs, @Nullable String avoid) {
        return decide(camera, needs, avoid, null);
    }

    /**
     * Decides on one frame. Room is reserved when the result is routed or unassigned: {@link ProcessorSlot#release} each slot once.
     *
     * @param needs the capabilities; empty: any processor
     * @param avoid a processor that just failed with this frame, chosen only if no other has room; null: none
     * @param holder the processor whose queue holds the frame: its slot becomes free when the frame is taken; null: none
     */
    public RoutingDecision decide(String camera, List<String> needs, @Nullable String avoid, @Nullable String holder) {
        List<String> wanted = needs.isEmpty() ? ANY : needs;
        List<RoutingDecision.Choice> choices = new ArrayList<>(wanted.size());
        List<RoutingDecision.Choice> toPlace = List.of();
        for (String capability : wanted) {
            List<ProcessorSlot> offering = byCapability.get(capability);
            ProcessorSlot chosen = null;
            if (offering != null) {
                switch (choose(new CameraNeed(camera, capability), offering, avoid, holder)) {
                    case AffinityDecision.SendTo(ProcessorSlot slot) -> chosen = slot;
                    case AffinityDecision.AssignFirst(ProcessorSlot slot) -> {
                        chosen = slot;
                        toPlace = toPlace.isEmpty() ? new ArrayList<>(wanted.size()) : toPlace;
                        toPlace.add(new RoutingDecision.Choice(capability, slot));
                    }
                    case AffinityDecision.NoRoom _ -> chosen = null;
                }
            }
            if (chosen == null) {
                choices.forEach(choice -> choice.slot().release());
                return offering == null
                        ? new RoutingDecision.NoCapability(capability)
                        : new RoutingDecision.AllFull(capability);
            }
            chosen.reserve();
            choices.add(new RoutingDecision.Choice(capability, chosen));
        }
        for (RoutingDecision.Choice place : toPlace) {
            tentative.wish(new CameraNeed(camera, place.capability()), place.slot().registration().id());
        }
        return toPlace.isEmpty() ? new RoutingDecision.Routed(choices) : new RoutingDecision.Unassigned(choices);
    }

    /** A frame that avoids its camera's processor is an exception; the camera is not reassigned for it. */
    private AffinityDecision choose(CameraNeed need, List<ProcessorSlot> offering, @Nullable String avoid,
            @Nullable String holder) {
        if (strategy == RoutingStrategy.AFFINITY) {
            AffinityDecision kept = AffinityPolicy.decide(need, offering, tentative);
            if (avoid == null || (kept instanceof AffinityDecision.SendTo(ProcessorSlot slot) && !isOf(slot, avoid))) {
                return kept;
            }
        }
        ProcessorSlot slot = byStrategy(need.capability(), offering, avoid, holder);
        return slot == null ? new AffinityDecision.NoRoom() : new AffinityDecision.SendTo(slot);
    }

    private @Nullable ProcessorSlot byStrategy(String capability, List<ProcessorSlot> offering, @Nullable String avoid,
            @Nullable String holder) {
        withRoom.clear();
        ProcessorSlot avoided = null;
        for (ProcessorSlot slot : offering) {
            if (isOf(slot, avoid)) {
                avoided = slot.room() > 0 || (isOf(slot, holder) && !slot.closed()) ? slot : avoided;
            } else if (slot.room() > 0) {
                withRoom.add(slot);
            }
        }
        if (withRoom.isEmpty()) {
            return avoided;
        }
        long turn = turns.merge(capability, 1L, Long::sum) - 1;
        return withRoom.get(strategy.choose(withRoom, turn));
    }

    private static boolean isOf(ProcessorSlot slot, @Nullable String id) {
        return slot.registration().id().equals(id);
    }
}
