package framebuffer.orchestrator.cluster.partitions;

import framebuffer.redis.tables.ShareStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What all partitions could use of each processor, as each said last: a line with the second in which it did, then a line for each
 * processor, its id and a number; -1: it cannot be used there.
 *
 * @param byPartition
 *            for each partition, in order: processor → frames
 */
record DemandReports(List<Map<String, Long>> byPartition) {
    DemandReports {
        byPartition = List.copyOf(byPartition);
    }

    /** What a partition says. */
    static String encode(Map<String, Long> demand, long seconds) {
        StringBuilder said = new StringBuilder().append(seconds);
        demand.forEach((processor, frames) -> said.append('\n').append(processor).append(' ').append(frames));
        return said.toString();
    }

    /** What all said; what makes no sense, or was said too long ago, counts as nothing. */
    static DemandReports of(ShareStore.Grants.Reading all, int partitions, long heeded) {
        List<Map<String, Long>> byPartition = new ArrayList<>(partitions);
        for (int i = 0; i < partitions; i++) {
            byPartition.add(decode(all.demand().getOrDefault(Integer.toString(i), ""), all.seconds(), heeded));
        }
        return new DemandReports(byPartition);
    }

    private static Map<String, Long> decode(String said, long now, long heeded) {
        Map<String, Long> demand = new HashMap<>();
        String[] lines = said.split("\n", -1);
        try {
            if (Math.abs(now - Long.parseLong(lines[0])) > heeded) {
                return Map.of();
            }
            for (int i = 1; i < lines.length; i++) {
                int space = lines[i].lastIndexOf(' ');
                demand.put(lines[i].substring(0, space), Math.max(-1, Long.parseLong(lines[i].substring(space + 1))));
            }
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            return Map.of();
        }
        return demand;
    }

    /**
     * What each partition could use of a processor.
     *
     * @param ours
     *            what {@code own} could, whatever was read
     */
    List<Long> of(String processor, int own, long ours) {
        List<Long> demand = new ArrayList<>(byPartition.size());
        for (int i = 0; i < byPartition.size(); i++) {
            demand.add(i == own ? Long.valueOf(ours) : byPartition.get(i).getOrDefault(processor, 0L));
        }
        return demand;
    }
}
