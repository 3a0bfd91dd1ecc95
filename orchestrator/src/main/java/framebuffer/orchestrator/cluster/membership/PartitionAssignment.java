package framebuffer.orchestrator.cluster.membership;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Assigns instances to partitions: as evenly as possible, equal for all who know the same instances, and with few moves when one comes or
 * goes. Each partition takes its preferred instance by rendezvous hashing (Thaler and Ravishankar 1998) among those that may take more.
 * Surplus instances join partitions in turn.
 *
 * @param byPartition for each partition, in order, its instances; the first one leads
 */
record PartitionAssignment(List<List<String>> byPartition) {
    PartitionAssignment {
        byPartition = List.copyOf(byPartition);
    }

    /**
     * @param living live instances, at least one
     */
    static PartitionAssignment of(Set<String> living, int partitions) {
        List<String> instances = List.copyOf(new TreeSet<>(living));
        int least = partitions / instances.size();
        int more = partitions % instances.size();
        Map<String, Integer> loads = new HashMap<>();
        List<List<String>> assigned = new ArrayList<>(partitions);
        for (int partition = 0; partition < partitions; partition++) {
            int most = more > 0 ? least + 1 : least;
            int number = partition;
            String leads = instances.stream().filter(one -> loads.getOrDefault(one, 0) < most)
                    .max(Comparator.comparingLong(one -> weight(one, number))).orElseThrow();
            if (loads.merge(leads, 1, Integer::sum) > least) {
                more--;
            }
            assigned.add(new ArrayList<>(List.of(leads)));
        }
        List<String> free = instances.stream().filter(one -> !loads.containsKey(one)).toList();
        for (int i = 0; i < free.size(); i++) {
            assigned.get(i % partitions).add(free.get(i));
        }
        return new PartitionAssignment(assigned.stream().map(List::copyOf).toList());
    }

    /** The instances of a partition. */
    List<String> of(int partition) {
        return byPartition.get(partition);
    }

    /** Mixes well, so that different partitions prefer different instances even of similar names (the finalizer of SplitMix64). */
    private static long weight(String instance, int partition) {
        long x = instance.hashCode() * 0x9E3779B97F4A7C15L + partition * 0xC2B2AE3D27D4EB4FL;
        x = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
        x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
        return x ^ (x >>> 31);
    }
}
