package framebuffer.orchestrator.cluster.partitions;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Divides a capacity between partitions: max-min fair, filling all at once until a partition has its demand or nothing is left. A
 * partition without demand keeps one frame as a reserve for the next arrival, where at least half is left for the others. When there are
 * fewer frames than partitions with demand, the partitions take turns.
 *
 * @param capacity of all equivalent processors
 * @param demand of each partition, in frames
 * @param turn the partition to begin with
 */
record FairShare(long capacity, List<Long> demand, long turn) {
    FairShare {
        demand = List.copyOf(demand);
    }

    /** Frames that a partition without demand keeps. */
    long reserve() {
        return capacity >= 2L * demand.size() ? 1 : 0;
    }

    /** Frames for each partition: at most its demand or reserve, and in total at most the capacity. */
    List<Long> needs() {
        List<Long> wanted = demand.stream().map(could -> Math.max(could, reserve())).toList();
        long[] needs = new long[demand.size()];
        long left = capacity;
        List<Integer> unmet = inTurn();
        while (left > 0) {
            unmet = unmet.stream().filter(i -> needs[i] < wanted.get(i)).toList();
            if (unmet.isEmpty()) {
                break;
            }
            long each = Math.max(1, left / unmet.size());
            for (int i : unmet) {
                long more = Math.min(left, Math.min(each, wanted.get(i) - needs[i]));
                needs[i] += more;
                left -= more;
            }
        }
        return IntStream.range(0, needs.length).mapToObj(i -> needs[i]).toList();
    }

    /** All partitions, from the one whose turn it is. */
    List<Integer> inTurn() {
        int count = demand.size();
        return IntStream.range(0, count).mapToObj(i -> (int) Math.floorMod(i + turn, (long) count)).toList();
    }
}
