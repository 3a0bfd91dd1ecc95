package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.wire.Timestamps;
import framebuffer.wire.frame.ShedFrame;

/** Where a frame is that was shed, and what was decided about it, as JSON. */
final class ShedFrameJson {
    private static final String STATE = "shed";

    private ShedFrameJson() {
    }

    static ObjectNode of(ShedFrame shed) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("frame_id", shed.frameId())
                .put("camera_id", shed.cameraId()).put("state", STATE).putNull("processor_id")
                .put("attempt", shed.attempt()).put("capture_id", shed.captureId().toString());
        ArrayNode events = json.putArray("events");
        events.addObject().put("at", Timestamps.micros(shed.captureId().time())).put("what", "captured");
        events.addObject().put("at", Timestamps.micros(shed.at())).put("what", STATE).put("instance", shed.instance())
                .put("reason", shed.reason().word()).put("detail", shed.detail());
        ArrayNode parts = json.putArray("parts");
        shed.needs().forEach(need -> parts.addObject().put("capability", need).put("state", STATE));
        return json;
    }
}
