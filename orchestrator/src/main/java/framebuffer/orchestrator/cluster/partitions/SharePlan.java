package framebuffer.orchestrator.cluster.partitions;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Plans the shares of equivalent processors. A partition gets its need, see {@link FairShare}, from any of them, so a few frames of several
 * processors reach more partitions than those of one. Every move of a share costs time, so it moves as little as possible, and nothing
 * while no partition is short. Free frames that nobody needs are spread evenly, so that new frames find room.
 *
 * <p>
 * All partitions compute the same plan from the same reading, and each applies its own part.
 */
final class SharePlan {
    /** Length of a turn where the capacity reaches one frame for each partition; below that, a turn takes one second. */
    private static final long SLOW_SECONDS = 10;
    /** A partition may lack one part in this many of its need before anything moves: large needs always fluctuate. */
    private static final long TOLERATED = 8;
    /** Marks frames that no partition has. */
    private static final int FREE = -1;

    private final List<PlannedProcessor> members;
    private final List<Integer> inTurn;
    private final List<Long> needs;
    /** Member, partition → granted frames. */
    private final long[][] has;
    /** Member → free frames. */
    private final long[] free;
    /** Partition → its frames of members that it can use. */
    private final long[] total;

    /**
     * A processor.
     *
     * @param granted frames granted to each partition
     * @param demand of each partition for it and its equivalents; -1: the partition cannot use it
     */
    record PlannedProcessor(String id, int capacity, List<Long> granted, List<Long> demand) {
        PlannedProcessor {
            granted = List.copyOf(granted);
            demand = List.copyOf(demand);
        }

        private boolean isOfUse(int partition) {
            return demand.get(partition) >= 0;
        }

        /** The grants; where they exceed a lowered capacity, each partition gives up its part. */
        private long[] within() {
            long all = granted.stream().mapToLong(Long::longValue).sum();
            return granted.stream().mapToLong(one -> all > capacity ? one * capacity / all : one).toArray();
        }
    }

    /** Frames that a partition could get: from which member, and from which partition. */
    private record Offer(int member, int partition, long frames) {
    }

    /**
     * @param alike equivalent processors, at least one, in the same order for all
     * @param seconds a clock that all partitions read
     */
    SharePlan(List<PlannedProcessor> alike, long seconds) {
        members = List.copyOf(alike);
        int partitions = members.getFirst().granted().size();
        long capacity = members.stream().filter(one -> IntStream.range(0, partitions).anyMatch(one::isOfUse))
                .mapToLong(PlannedProcessor::capacity).sum();
        List<Long> demand = IntStream.range(0, partitions)
                .mapToObj(i -> members.stream().mapToLong(one -> one.demand().get(i)).filter(could -> could > 0).max()
                        .orElse(0))
                .toList();
        FairShare fair = new FairShare(capacity, demand, capacity < partitions ? seconds : seconds / SLOW_SECONDS);
        inTurn = fair.inTurn();
        needs = fair.needs();
        has = members.stream().map(PlannedProcessor::within).toArray(long[][]::new);
        free = IntStream.range(0, members.size())
                .mapToLong(m -> members.get(m).capacity() - LongStream.of(has[m]).sum()).toArray();
        total = IntStream.range(0, partitions).mapToLong(i -> ofUse(i).mapToLong(m -> has[m][i]).sum()).toArray();
        List<Integer> lacking = inTurn.stream().filter(i -> lack(i) > needs.get(i) / TOLERATED).toList();
        if (!lacking.isEmpty()) {
            inTurn.forEach(this::leaveWhatIsOfNoUse);
            lacking.forEach(this::meet);
        }
        IntStream.range(0, members.size()).forEach(this::spread);
    }

    /** Frames of a member that a partition should have. */
    long of(String id, int partition) {
        return IntStream.range(0, members.size()).filter(m -> members.get(m).id().equals(id))
                .mapToLong(m -> has[m][partition]).findFirst().orElseThrow();
    }

    private long lack(int partition) {
        return needs.get(partition) - total[partition];
    }

    /** Frees grants that the partition cannot use, except one frame, with which it detects that it can use the member again. */
    private void leaveWhatIsOfNoUse(int partition) {
        IntStream.range(0, members.size()).filter(m -> !members.get(m).isOfUse(partition)).forEach(m -> {
            int trial = members.get(m).capacity() < inTurn.size() ? 0 : 1;
            free[m] += Math.max(0, has[m][partition] - trial);
            has[m][partition] = Math.min(has[m][partition], trial);
        });
    }

    private void add(int member, int partition, long frames) {
        free[member] -= frames;
        has[member][partition] += frames;
        total[partition] += frames;
    }

    /** Proceeds in steps, so that a partition with a large need gets a part of each member. */
    private void meet(int partition) {
        long each = Math.max(1, lack(partition) / members.size());
        for (long lack = lack(partition); lack > 0;) {
            Optional<Offer> best = unused(partition).or(() -> unneeded(partition)).or(() -> unfair(partition));
            if (best.isEmpty()) {
                return;
            }
            long frames = Math.min(Math.min(each, lack), best.get().frames());
            if (best.get().partition() != FREE) {
                add(best.get().member(), best.get().partition(), -frames);
            }
            add(best.get().member(), partition, frames);
            lack -= frames;
        }
    }

    private IntStream ofUse(int partition) {
        return IntStream.range(0, members.size()).filter(m -> members.get(m).isOfUse(partition));
    }

    private Optional<Offer> unused(int partition) {
        return ofUse(partition).mapToObj(m -> new Offer(m, FREE, free[m])).filter(offer -> offer.frames() > 0)
                .max(Comparator.comparingLong(Offer::frames));
    }

    private Optional<Offer> unneeded(int partition) {
        return others(partition, other -> -lack(other));
    }

    /** For a partition that can use only some members, none with a surplus: from a partition that can get as much of other members. */
    private Optional<Offer> unfair(int partition) {
        return others(partition, other -> (total[other] - total[partition]) / 2);
    }

    /** From the partition that gives most, the member of which it has most. */
    private Optional<Offer> others(int partition, IntToLongFunction gives) {
        return inTurn.stream().filter(other -> other != partition && gives.applyAsLong(other) > 0)
                .sorted(Comparator.comparingLong(gives::applyAsLong).reversed())
                .flatMap(other -> ofUse(partition).filter(m -> has[m][other] > 0).boxed()
                        .max(Comparator.comparingLong(m -> has[m][other])).stream()
                        .map(m -> new Offer(m, other, Math.min(has[m][other], gives.applyAsLong(other)))))
                .findFirst();
    }

    /** Spreads the free frames of a member to the partitions with the fewest. */
    private void spread(int member) {
        List<Integer> those = inTurn.stream().filter(members.get(member)::isOfUse).toList();
        while (free[member] > 0 && !those.isEmpty()) {
            int least = those.stream().min(Comparator.comparingLong(i -> total[i])).orElseThrow();
            add(member, least, Math.max(1, free[member] / those.size()));
        }
    }
}
