package framebuffer.orchestrator.sharing;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Decides how much of one processor's capacity a partition should have. Each gets what it could use, as far as that is fair: max-min fair,
 * by filling up all at once until a partition has enough or nothing is left. What nobody could use is spread evenly, so that a frame that
 * comes finds room; for the same reason each keeps room for one, where that leaves at least half for those who need it. Where frames are fewer than partitions that could use one, they take turns by the clock.
 *
 * @param capacity
 *            of the processor
 * @param granted
 *            what each partition has
 * @param demand
 *            what each could use
 * @param turn
 *            counts up, the same for all partitions at one moment
 */
record SharePolicy(int capacity, List<Long> granted, List<Long> demand, long turn) {
    SharePolicy {
        granted = List.copyOf(granted);
        demand = List.copyOf(demand);
    }

    /**
     * What a partition should have now. It stays as it is while nobody is short: what moves to and fro is of use to nobody.
     *
     * @param own
     *            its number
     */
    long target(int own) {
        long has = granted.get(own);
        List<Long> needs = needs();
        boolean isShort = IntStream.range(0, granted.size()).anyMatch(i -> granted.get(i) < needs.get(i));
        long all = granted.stream().mapToLong(Long::longValue).sum();
        long fair = needs.get(own) + spare(capacity - needs.stream().mapToLong(Long::longValue).sum(), own);
        if (isShort || all > capacity) {
            return fair;
        }
        return all < capacity ? Math.max(has, fair) : has;
    }

    /** How much a partition keeps that could use nothing. */
    long reserve() {
        return capacity >= 2 * demand.size() ? 1 : 0;
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
    private List<Integer> inTurn() {
        int count = demand.size();
        return IntStream.range(0, count).mapToObj(i -> (int) Math.floorMod(i + turn, (long) count)).toList();
    }

    private long spare(long left, int own) {
        long each = left / demand.size();
        return each + (inTurn().indexOf(own) < left % demand.size() ? 1 : 0);
    }
}
