package framebuffer.orchestrator.ledger;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.streams.figures.LedgerReader;
import framebuffer.wire.text.NaturalOrder;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What became of every frame captured (contract §3.7).
 *
 * @param balanced
 *            whether as many frames are under way as have begun and not ended, and no camera's ended more often than they began
 * @param total
 *            of all cameras
 * @param inFlight
 *            frames that are under way, as they were counted where they are
 * @param cameras
 *            each camera's, by its id
 */
public record Ledger(boolean balanced, Counts total, long inFlight, List<Camera> cameras) {
    /** Under these ends may be counted whose beginning was counted under the camera: of frames that vanished with all they said. */
    public static final Set<String> COLLECTIVE = Set.of("unknown", "other");

    public Ledger {
        cameras = List.copyOf(cameras);
    }

    /** The frames of one camera. */
    public record Camera(String cameraId, Counts counts) {
    }

    /** The ledger that follows from what was counted and what is there. */
    public static Ledger of(LedgerReader.Reading reading) {
        List<Camera> cameras = reading.counts().entrySet().stream()
                .map(camera -> new Camera(camera.getKey(), Counts.of(camera.getValue())))
                .sorted(Comparator.comparing(Camera::cameraId, NaturalOrder.NAMES)).toList();
        Counts total = cameras.stream().map(Camera::counts).reduce(Counts.NONE, Counts::plus);
        boolean noneEndedTwice = cameras.stream().filter(camera -> !COLLECTIVE.contains(camera.cameraId()))
                .allMatch(camera -> camera.counts().inFlight() >= 0);
        return new Ledger(noneEndedTwice && reading.underWay() >= 0 && total.inFlight() == reading.underWay(), total,
                reading.underWay(), cameras);
    }

    /** Those of several partitions together: it balances where each does. */
    public static Ledger sum(List<Ledger> each) {
        if (each.size() == 1) {
            return each.getFirst();
        }
        SortedMap<String, Counts> cameras = new TreeMap<>(NaturalOrder.NAMES);
        each.forEach(ledger -> ledger.cameras()
                .forEach(camera -> cameras.merge(camera.cameraId(), camera.counts(), Counts::plus)));
        return new Ledger(each.stream().allMatch(Ledger::balanced),
                each.stream().map(Ledger::total).reduce(Counts.NONE, Counts::plus),
                each.stream().mapToLong(Ledger::inFlight).sum(),
                cameras.entrySet().stream().map(camera -> new Camera(camera.getKey(), camera.getValue())).toList());
    }

    /** As JSON, in the form of {@code GET /frames/ledger}. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("balanced", balanced);
        json.set("total", total.addTo(JsonNodeFactory.instance.objectNode()).put("in_flight", inFlight));
        ArrayNode list = json.putArray("cameras");
        cameras.forEach(camera -> camera.counts().addTo(list.addObject().put("camera_id", camera.cameraId())));
        return json;
    }
}
