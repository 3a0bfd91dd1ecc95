package framebuffer.orchestrator.observability.stats;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many frames were captured, and how they ended.
 *
 * @param shed
 *            reason → frames
 */
public record LedgerCounts(long captured, long done, Map<String, Long> shed, long dead, long lost) {
    /** Of no frames. */
    public static final LedgerCounts NONE = new LedgerCounts(0, 0, Map.of(), 0, 0);

    private static final String SHED = "shed.";

    public LedgerCounts {
        shed = java.util.Collections.unmodifiableMap(new TreeMap<>(shed));
    }

    /** From what the ledger in Redis counts: captured, done, dead, lost, shed.REASON. */
    static LedgerCounts of(Map<String, Long> counted) {
        Map<String, Long> shed = new TreeMap<>();
        counted.forEach((what, frames) -> {
            if (what.startsWith(SHED)) {
                shed.put(what.substring(SHED.length()), frames);
            }
        });
        return new LedgerCounts(counted.getOrDefault("captured", 0L), counted.getOrDefault("done", 0L), shed,
                counted.getOrDefault("dead", 0L), counted.getOrDefault("lost", 0L));
    }

    /** Both together. */
    public LedgerCounts plus(LedgerCounts other) {
        Map<String, Long> sum = new TreeMap<>(shed);
        other.shed.forEach((reason, frames) -> sum.merge(reason, frames, Long::sum));
        return new LedgerCounts(captured + other.captured, done + other.done, sum, dead + other.dead,
                lost + other.lost);
    }

    /** Those that have begun and not ended; less than none when something was counted twice. */
    public long inFlight() {
        return captured - done - shed.values().stream().mapToLong(Long::longValue).sum() - dead - lost;
    }

    ObjectNode addTo(ObjectNode json) {
        json.put("captured", captured).put("done", done);
        shed.forEach(json.putObject("shed")::put);
        return json.put("dead", dead).put("in_flight", inFlight()).put("lost", lost);
    }
}
