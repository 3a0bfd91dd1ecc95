package framebuffer.orchestrator.observability.stats;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.redis.frames.LedgerReader;
import framebuffer.wire.text.NaturalOrder;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How every captured frame ended (docs/adr/0003-ledger.md).
 *
 * @param balanced whether the frames counted in flight equal those captured and not ended, and no camera has more ends than captures
 * @param total of all cameras
 * @param inFlight frames in flight, counted where they are
 * @param cameras by camera id
 */
public record Ledger(boolean balanced, LedgerCounts total, long inFlight, List<CameraCounts> cameras) {
    /** Ends under these names may belong to captures under other cameras: the frames vanished with their camera ids. */
    public static final Set<String> COLLECTIVE = Set.of("unknown", "other");

    public Ledger {
        cameras = List.copyOf(cameras);
    }

    /** The frames of one camera. */
    public record CameraCounts(String cameraId, LedgerCounts counts) {
    }

    /** The ledger of this reading. */
    public static Ledger of(LedgerReader.LedgerReading reading) {
        List<CameraCounts> cameras = reading.counts().entrySet().stream()
                .map(camera -> new CameraCounts(camera.getKey(), LedgerCounts.of(camera.getValue())))
                .sorted(Comparator.comparing(CameraCounts::cameraId, NaturalOrder.NAMES)).toList();
        LedgerCounts total = cameras.stream().map(CameraCounts::counts).reduce(LedgerCounts.NONE, LedgerCounts::plus);
        boolean noneEndedTwice = cameras.stream().filter(camera -> !COLLECTIVE.contains(camera.cameraId()))
                .allMatch(camera -> camera.counts().inFlight() >= 0);
        return new Ledger(noneEndedTwice && reading.underWay() >= 0 && total.inFlight() == reading.underWay(), total,
                reading.underWay(), cameras);
    }

    /** The sum over partitions; balanced when all are. */
    public static Ledger sum(List<Ledger> each) {
        SortedMap<String, LedgerCounts> cameras = new TreeMap<>(NaturalOrder.NAMES);
        each.forEach(ledger -> ledger.cameras()
                .forEach(camera -> cameras.merge(camera.cameraId(), camera.counts(), LedgerCounts::plus)));
        return new Ledger(each.stream().allMatch(Ledger::balanced),
                each.stream().map(Ledger::total).reduce(LedgerCounts.NONE, LedgerCounts::plus),
                each.stream().mapToLong(Ledger::inFlight).sum(),
                cameras.entrySet().stream().map(camera -> new CameraCounts(camera.getKey(), camera.getValue()))
                        .toList());
    }

    /** As JSON, in the form of {@code GET /frames/ledger}. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("balanced", balanced);
        json.set("total", total.addTo(JsonNodeFactory.instance.objectNode()).put("in_flight", inFlight));
        ArrayNode list = json.putArray("cameras");
        cameras.forEach(camera -> camera.counts().addTo(list.addObject().put("camera_id", camera.cameraId())));
        return json;
    }

    /**
     * Captured frames, and how they ended.
     *
     * @param shed reason → frames
     */
    public record LedgerCounts(long captured, long done, Map<String, Long> shed, long dead, long lost) {
        /** Zero. */
        public static final LedgerCounts NONE = new LedgerCounts(0, 0, Map.of(), 0, 0);

        private static final String SHED = "shed.";

        public LedgerCounts {
            shed = java.util.Collections.unmodifiableMap(new TreeMap<>(shed));
        }

        /** From the fields of the ledger in Redis: captured, done, dead, lost, shed.REASON. */
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

        /** The sum of both. */
        public LedgerCounts plus(LedgerCounts other) {
            Map<String, Long> sum = new TreeMap<>(shed);
            other.shed.forEach((reason, frames) -> sum.merge(reason, frames, Long::sum));
            return new LedgerCounts(captured + other.captured, done + other.done, sum, dead + other.dead,
                    lost + other.lost);
        }

        /** Captured frames that have not ended; negative when a frame was counted twice. */
        public long inFlight() {
            return captured - done - shed.values().stream().mapToLong(Long::longValue).sum() - dead - lost;
        }

        ObjectNode addTo(ObjectNode json) {
            json.put("captured", captured).put("done", done);
            shed.forEach(json.putObject("shed")::put);
            return json.put("dead", dead).put("in_flight", inFlight()).put("lost", lost);
        }
    }
}
