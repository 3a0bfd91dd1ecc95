package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.redis.queues.DeadLetterStore.FullDeadLetter;
import framebuffer.redis.queues.DeadLetterStore.StoredDeadLetter;
import framebuffer.wire.frame.DeadLetter;
import framebuffer.wire.text.Timestamps;

/** A dead letter as it is shown: in a list, or whole. */
final class DeadLetterJson {
    private DeadLetterJson() {
    }

    static ObjectNode of(StoredDeadLetter kept) {
        DeadLetter letter = kept.letter();
        return JsonNodeFactory.instance.objectNode().put("id", kept.id().toString()).put("frame_id", kept.frameId())
                .put("camera_id", kept.cameraId()).put("reason", letter.reason().word())
                .put("detail", letter.detail()).put("attempt", letter.attempt())
                .put("dead_at", Timestamps.micros(letter.at()));
    }

    static ObjectNode of(FullDeadLetter whole) {
        DeadLetter letter = whole.kept().letter();
        ObjectNode json = of(whole.kept()).put("source", letter.source().toString());
        ArrayNode history = json.putArray("history");
        letter.history()
                .forEach(past -> history.addObject().put("reason", past.reason().word()).put("detail", past.detail())
                        .put("attempt", past.attempt()).put("dead_at", Timestamps.micros(past.at())));
        ArrayNode fields = json.putArray("fields");
        whole.fields().forEach(field -> fields.addObject().put("name", field.name()).put("bytes", field.bytes())
                .put("value", field.text()));
        return json;
    }
}
