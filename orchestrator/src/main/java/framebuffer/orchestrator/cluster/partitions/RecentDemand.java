package framebuffer.orchestrator.cluster.partitions;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Demand of a partition for each processor over recent samples. One sample is misleading: no frame waits between two arrivals, and one does
 * when two arrive together. So the mean of the samples counts, or the demand present in both of the last two.
 *
 * @param looks processor → frames, or -1 where the processor cannot be used; newest sample first
 */
record RecentDemand(List<Map<String, Long>> looks) {
    static final RecentDemand NONE = new RecentDemand(List.of());
    private static final int REMEMBERED = 5;

    RecentDemand {
        looks = List.copyOf(looks);
    }

    RecentDemand after(Map<String, Long> now) {
        return new RecentDemand(Stream.concat(Stream.of(Map.copyOf(now)), looks.stream()).limit(REMEMBERED).toList());
    }

    /** Demand for the processors of the newest sample. */
    Map<String, Long> counted() {
        Map<String, Long> counted = new HashMap<>();
        if (!looks.isEmpty()) {
            looks.getFirst().forEach((processor, now) -> counted.put(processor, now < 0 ? now : counted(processor)));
        }
        return counted;
    }

    private long counted(String processor) {
        List<Long> frames = looks.stream().map(look -> Math.max(0, look.getOrDefault(processor, 0L))).toList();
        long all = frames.stream().mapToLong(Long::longValue).sum();
        long lasting = frames.size() < 2 ? frames.getFirst() : Math.min(frames.get(0), frames.get(1));
        return LongStream.of(lasting, Math.round(all / (double) REMEMBERED), all > 0 ? 1 : 0).max().orElse(0);
    }
}
