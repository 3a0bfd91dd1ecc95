package framebuffer.orchestrator.cluster.partitions;

import framebuffer.redis.tables.ShareStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The last reported demand of each partition for each processor. Text: a line with the second of the report, then a line for each processor
 * with its id and a number; -1: the partition cannot use it.
 *
 * @param byPartition for each partition, in order: processor → frames
 */
record DemandReports(List<Map<String, Long>> byPartition) {
    DemandReports {
        byPartition = List.copyOf(byPartition);
    }

    /** The report of a partition. */
    static String encode(Map<String, Long> demand, long seconds) {
        StringBuilder said = new StringBuilder().append(seconds);
        demand.forEach((processor, frames) -> said.append('\n').append(processor).append(' ').append(frames));
        return said.toString();
    }

    /** Reads all reports; malformed or outdated ones count as no demand. */
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
     * The demand of each partition for a processor.
     *
     * @param ours the current demand of partition {@code own}, instead of the report
     */
    List<Long> of(String processor, int own, long ours) {
        List<Long> demand = new ArrayList<>(byPartition.size());
        for (int i = 0; i < byPartition.size(); i++) {
            demand.add(i == own ? Long.valueOf(ours) : byPartition.get(i).getOrDefault(processor, 0L));
        }
        return demand;
    }
}
