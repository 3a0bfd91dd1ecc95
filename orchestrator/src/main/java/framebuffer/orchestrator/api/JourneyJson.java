package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.observability.journey.Journey;
import framebuffer.orchestrator.observability.journey.Journey.JourneyEvent;
import framebuffer.wire.text.Timestamps;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A frame's journey as JSON. */
final class JourneyJson {
    private JourneyJson() {
    }

    static ObjectNode of(Journey journey) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("frame_id", journey.frameId())
                .put("camera_id", journey.cameraId()).put("state", journey.state().word())
                .put("processor_id", journey.processor()).put("attempt", journey.attempt())
                .put("capture_id", journey.captureId() == null ? null : journey.captureId().toString());
        ArrayNode events = json.putArray("events");
        journey.events().forEach(event -> events.add(event(event)));
        ArrayNode parts = json.putArray("parts");
        journey.parts().forEach(part -> parts.addObject().put("capability", part.capability())
                .put("state", part.state().word()).put("processor_id", part.processor())
                .put("attempt", Math.max(1, part.attempt())));
        return json;
    }

    private static ObjectNode event(JourneyEvent event) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("at", Timestamps.micros(event.at())).put("what",
                event.what().word());
        texts(event).forEach((name, value) -> {
            if (!value.isEmpty()) {
                json.put(name, value);
            }
        });
        if (event.attempt() > 0) {
            json.put("attempt", event.attempt());
        }
        if (event.took() != null) {
            json.put("took_ms", Math.round(event.took().toNanos() / 1e3) / 1e3);
        }
        if (!event.candidates().isEmpty()) {
            ArrayNode candidates = json.putArray("candidates");
            event.candidates().forEach(one -> candidates.addObject().put("processor_id", one.processor())
                    .put("outstanding", one.outstanding()).put("capacity", one.capacity())
                    .put("utilization", (double) one.outstanding() / one.capacity()).put("eligible", one.eligible())
                    .put("reason", one.reason()));
        }
        return json;
    }

    private static Map<String, String> texts(JourneyEvent event) {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("instance", orEmpty(event.instance()));
        texts.put("processor_id", orEmpty(event.processor()));
        texts.put("capability", orEmpty(event.capability()));
        texts.put("reason", orEmpty(event.reason()));
        texts.put("detail", orEmpty(event.detail()));
        texts.put("trace_id", orEmpty(event.trace()));
        return texts;
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
