package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.wire.Timestamps;
import framebuffer.wire.frame.ShedFrame;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Where a frame is that was shed, and what was decided about it, as JSON. */
final class ShedFrameJson {
    private static final String STATE = "shed";

    private ShedFrameJson() {
    }

    /** Frames that bear one id: each apart, its parts together, in the order in which they were captured. */
    static List<ObjectNode> of(List<ShedFrame> shed) {
        return shed.stream().collect(Collectors.groupingBy(ShedFrame::captureId, TreeMap::new, Collectors.toList()))
                .values().stream().map(ShedFrameJson::one).toList();
    }

    private static ObjectNode one(List<ShedFrame> parts) {
        ShedFrame first = parts.getFirst();
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("frame_id", first.frameId())
                .put("camera_id", first.cameraId()).put("state", STATE).putNull("processor_id")
                .put("attempt", first.attempt()).put("capture_id", first.captureId().toString());
        ArrayNode events = json.putArray("events");
        events.addObject().put("at", Timestamps.micros(first.captureId().time())).put("what", "captured");
        ArrayNode needs = json.putArray("parts");
        for (ShedFrame part : parts) {
            events.addObject().put("at", Timestamps.micros(part.at())).put("what", STATE)
                    .put("instance", part.instance()).put("reason", part.reason().word())
                    .put("detail", part.detail());
            part.needs().forEach(need -> needs.addObject().put("capability", need).put("state", STATE));
        }
        return json;
    }
}
