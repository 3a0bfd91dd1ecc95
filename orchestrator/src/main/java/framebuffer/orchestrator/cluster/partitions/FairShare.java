package framebuffer.orchestrator.cluster.partitions;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Decides how much of a capacity each partition needs. Each gets what it could use, as far as that is fair: max-min fair, by filling up
 * all at once until a partition has enough or nothing is left. Each keeps room for one, so that a frame that comes finds it, where that
 * leaves at least half for those who need it. Where frames are fewer than partitions that could use one, they take turns.
 *
 * @param capacity
 *            of all that can do the same
 * @param demand
 *            what each partition could use
 * @param turn
 *            with which partition it begins
 */
record FairShare(long capacity, List<Long> demand, long turn) {
    FairShare {
        demand = List.copyOf(demand);
    }

    /** How much a partition keeps that could use nothing. */
    long reserve() {
        return capacity >= 2L * demand.size() ? 1 : 0;
    }

    /** What each needs, of what there is: never more than it could use or keeps, and all together no more than the capacity. */
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

    /** All partitions, beginning with the one whose turn it is. */
    List<Integer> inTurn() {
        int count = demand.size();
        return IntStream.range(0, count).mapToObj(i -> (int) Math.floorMod(i + turn, (long) count)).toList();
    }
}
