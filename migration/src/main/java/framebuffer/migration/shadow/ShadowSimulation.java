package framebuffer.migration.shadow;

import framebuffer.migration.shadow.ShadowDecision.Outcome;
import framebuffer.migration.shadow.ShadowDecision.SimulatedPart;
import framebuffer.migration.shadow.SimulatedQueue.SimulatedProcessor;
import framebuffer.wire.CameraNeed;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides what this service would do with each frame, without handing anything off: processors are simulated as queues. It reads no clock.
 * All times are in microseconds. For one thread.
 *
 * <p>
 * Simplified against the service: frames go in the order of their arrival, without priorities; a frame that needs several processors holds
 * the slots that are free first until the last one is free; processors neither fail nor pause, and each frame takes the mean time;
 * {@code round_robin} is simulated as {@code least_loaded}; the policies of single cameras are not applied.
 */
final class ShadowSimulation {
    /** Most cameras whose processor is remembered. */
    private static final int MOST_ASSIGNMENTS = 10_000;

    private final boolean sticky;
    private final long maxAge;
    private final Map<String, Integer> turns = new HashMap<>();
    private final Map<CameraNeed, String> assigned = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<CameraNeed, String> eldest) {
            return size() > MOST_ASSIGNMENTS;
        }
    };
    private Map<String, SimulatedQueue> queues = Map.of();

    /**
     * A frame, as far as the decision needs it.
     *
     * @param camera its camera
     * @param needs the capabilities; empty: any processor
     * @param captured when it came into the stream
     * @param expires when its producer lets it expire; {@link Long#MAX_VALUE}: never
     */
    record SimulatedFrame(String camera, List<String> needs, long captured, long expires) {
    }

    /** A slot that is held for one capability. */
    private record Held(String capability, SimulatedQueue queue, long free) {
    }

    /**
     * @param sticky whether a camera keeps its processor
     * @param maxAge most time since the capture; 0: no limit
     */
    ShadowSimulation(boolean sticky, long maxAge) {
        this.sticky = sticky;
        this.maxAge = maxAge;
    }

    /** Sets the processors that work. Those that remain keep their frames. */
    void available(Collection<SimulatedProcessor> processors) {
        Map<String, SimulatedQueue> now = new LinkedHashMap<>();
        for (SimulatedProcessor processor : processors) {
            SimulatedQueue queue = queues.getOrDefault(processor.id(), new SimulatedQueue(processor));
            queue.become(processor);
            now.put(processor.id(), queue);
        }
        queues = now;
    }

    /**
     * Decides on the next frame.
     *
     * @param now not before that of the last frame
     */
    ShadowDecision decide(SimulatedFrame frame, long now) {
        long oldest = maxAge == 0 ? Long.MAX_VALUE : frame.captured() + maxAge;
        long deadline = Math.min(frame.expires(), oldest);
        String late = frame.expires() <= oldest ? ShadowDecision.EXPIRED : ShadowDecision.TOO_OLD;
        if (deadline <= now) {
            return ShadowDecision.without(Outcome.SHED, late, 0, frame.needs());
        }
        queues.values().forEach(queue -> queue.advance(now));
        List<Held> held = new ArrayList<>();
        long at = now;
        for (String need : frame.needs().isEmpty() ? List.of("") : frame.needs()) {
            SimulatedQueue queue = choose(new CameraNeed(frame.camera(), need), now);
            String impossible = queue == null
                    ? ShadowDecision.NO_PROCESSOR
                    : queue.nextFree(now) == Long.MAX_VALUE ? ShadowDecision.TOO_SMALL : "";
            if (queue == null || !impossible.isEmpty()) {
                release(held, now);
                return ShadowDecision.without(Outcome.UNROUTABLE, impossible, 0, frame.needs());
            }
            Held one = new Held(need, queue, queue.reserve(now));
            held.add(one);
            at = Math.max(at, one.free());
        }
        if (at >= deadline) {
            release(held, now);
            return ShadowDecision.without(Outcome.SHED, late, deadline - now, frame.needs());
        }
        List<SimulatedPart> parts = new ArrayList<>();
        for (Held one : held) {
            one.queue().occupy(at);
            parts.add(new SimulatedPart(one.capability(), one.queue().processor().id()));
            if (sticky) {
                assigned.put(new CameraNeed(frame.camera(), one.capability()), one.queue().processor().id());
            }
        }
        return new ShadowDecision(at == now ? Outcome.HANDED : Outcome.WAITED, "", at - now, parts);
    }

    private static void release(List<Held> held, long now) {
        held.reversed().forEach(one -> one.queue().release(one.free(), now));
    }

    /** The queue that would get the frame; null: no processor offers the capability. */
    private @Nullable SimulatedQueue choose(CameraNeed need, long now) {
        List<SimulatedQueue> able = queues.values().stream()
                .filter(queue -> queue.processor().offers(need.capability())).toList();
        if (able.isEmpty()) {
            return null;
        }
        if (sticky) {
            SimulatedQueue kept = queues.get(assigned.getOrDefault(need, ""));
            if (kept != null && able.contains(kept)) {
                return kept;
            }
        }
        // Equal processors take turns, as in the service.
        int turn = turns.merge(need.capability(), 1, Integer::sum);
        SimulatedQueue best = able.get(Math.floorMod(turn, able.size()));
        for (int i = 1; i < able.size(); i++) {
            SimulatedQueue other = able.get(Math.floorMod(turn + i, able.size()));
            best = isBetter(other, best, now) ? other : best;
        }
        return best;
    }

    /** A processor with room comes first, then the less loaded; if none has room, the one that has room first. */
    private static boolean isBetter(SimulatedQueue one, SimulatedQueue other, long now) {
        if (one.nextFree(now) != other.nextFree(now)) {
            return one.nextFree(now) < other.nextFree(now);
        }
        return (long) one.outstanding() * other.processor().capacity() < (long) other.outstanding()
                * one.processor().capacity();
    }
}
