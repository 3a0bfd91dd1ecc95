package framebuffer.orchestrator.pipeline.dispatch;

import framebuffer.orchestrator.pipeline.dispatch.Outgoing.Assigned;
import framebuffer.wire.EntryId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Splits large batches. A batch is one step of Redis that blocks all other clients, and its cost grows with its number of values: so frames
 * with many fields or many processors are split into several batches.
 */
final class BatchSplitter {
    /** About 25 ms of Redis's time. One frame may exceed it: it enters all its queues in one step. */
    static final long MOST_VALUES = 40_000;

    private BatchSplitter() {
    }

    /** Whether all fit into one batch, as nearly always. */
    static boolean isOne(List<? extends Outgoing> items) {
        long values = 0;
        for (Outgoing item : items) {
            values += item.values();
        }
        return values <= MOST_VALUES || items.size() <= 1;
    }

    /** The batches in order. A frame does not overtake a frame of its line in an earlier batch. */
    static List<List<Outgoing>> of(List<? extends Outgoing> items) {
        List<List<Outgoing>> parts = new ArrayList<>(1);
        Map<InFlightOrder.OrderKey, EntryId> before = new HashMap<>();
        List<Outgoing> part = new ArrayList<>(items.size());
        long values = 0;
        for (Outgoing item : items) {
            long more = item.values();
            if (!part.isEmpty() && values + more > MOST_VALUES) {
                parts.add(part);
                part.forEach(gone -> note(gone, before));
                part = new ArrayList<>();
                values = 0;
            }
            part.add(parts.isEmpty() ? item : behind(item, before));
            values += more;
        }
        parts.add(part);
        return parts;
    }

    private static void note(Outgoing item, Map<InFlightOrder.OrderKey, EntryId> before) {
        if (item instanceof Assigned assigned && assigned.after() != null) {
            before.put(InFlightOrder.OrderKey.of(assigned.pending()), assigned.pending().entry());
        }
    }

    /** A frame without an order stays without one. */
    private static Outgoing behind(Outgoing item, Map<InFlightOrder.OrderKey, EntryId> before) {
        if (item instanceof Assigned assigned && assigned.after() != null) {
            EntryId ahead = before.get(InFlightOrder.OrderKey.of(assigned.pending()));
            return ahead == null ? assigned : assigned.behind(ahead);
        }
        return item;
    }
}
