package framebuffer.orchestrator.cluster.partitions;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Who should have what of the capacities of processors that can do the same. What a partition needs, see {@link FairShare}, it gets from
 * any of them; so a few frames of several processors reach more partitions than those of one would. It is moved as little as that takes,
 * for whenever a share moves some time is lost: nothing while nobody is short. What is free and nobody needs is spread evenly, so that a
 * frame that comes finds room.
 *
 * <p>
 * All partitions make the same plan of the same reading, and each does its own part of it.
 */
final class SharePlan {
    /** Where there is something for each partition it matters less whose turn it is. */
    private static final long SLOW_SECONDS = 10;
    /** What of its need a partition may lack before anything moves: of much, what it needs is never quite the same. */
    private static final long TOLERATED = 8;
    /** Nobody's. */
    private static final int FREE = -1;

    private final List<PlannedProcessor> members;
    private final List<Integer> inTurn;
    private final List<Long> needs;
    /** By member and partition. */
    private final long[][] has;
    /** By member. */
    private final long[] free;
    /** By partition: what it has of those that it can use. */
    private final long[] total;

    /**
     * A processor.
     *
     * @param granted
     *            what each partition has of it
     * @param demand
     *            what each partition could use of it and those like it; -1: it cannot use this one
     */
    record PlannedProcessor(String id, int capacity, List<Long> granted, List<Long> demand) {
        PlannedProcessor {
            granted = List.copyOf(granted);
            demand = List.copyOf(demand);
        }

        private boolean isOfUse(int partition) {
            return demand.get(partition) >= 0;
        }

        /** What each has; where that is more than there is, for the capacity was lowered, each gives up its part. */
        private long[] within() {
            long all = granted.stream().mapToLong(Long::longValue).sum();
            return granted.stream().mapToLong(one -> all > capacity ? one * capacity / all : one).toArray();
        }
    }

    /** Frames that a partition could get: of whom, and from whom. */
    private record Offer(int member, int partition, long frames) {
    }

    /**
     * @param alike
     *            at least one, in the same order for all
     * @param seconds
     *            a clock that all read
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

    /** What a partition should have of a member. */
    long of(String id, int partition) {
        return IntStream.range(0, members.size()).filter(m -> members.get(m).id().equals(id))
                .mapToLong(m -> has[m][partition]).findFirst().orElseThrow();
    }

    private long lack(int partition) {
        return needs.get(partition) - total[partition];
    }

    /** But for one frame, where there is one for each: with it a partition finds out that it can be used again. */
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

    /** In some steps, so that of a large capacity it gets something of each member. */
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

    /** Where it can use but some members, and nobody has more of those than he needs: from one who may get as much of the others. */
    private Optional<Offer> unfair(int partition) {
        return others(partition, other -> (total[other] - total[partition]) / 2);
    }

    /** Of the partition that gives most, what it has most of. */
    private Optional<Offer> others(int partition, IntToLongFunction gives) {
        return inTurn.stream().filter(other -> other != partition && gives.applyAsLong(other) > 0)
                .sorted(Comparator.comparingLong(gives::applyAsLong).reversed())
                .flatMap(other -> ofUse(partition).filter(m -> has[m][other] > 0).boxed()
                        .max(Comparator.comparingLong(m -> has[m][other])).stream()
                        .map(m -> new Offer(m, other, Math.min(has[m][other], gives.applyAsLong(other)))))
                .findFirst();
    }

    /** What is free of a member goes to those that have least. */
    private void spread(int member) {
        List<Integer> those = inTurn.stream().filter(members.get(member)::isOfUse).toList();
        while (free[member] > 0 && !those.isEmpty()) {
            int least = those.stream().min(Comparator.comparingLong(i -> total[i])).orElseThrow();
            add(member, least, Math.max(1, free[member] / those.size()));
        }
    }
}
