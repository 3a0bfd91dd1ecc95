package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.api.http.Problem;
import framebuffer.orchestrator.api.http.Request;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.observability.journey.Journey.FrameState;
import framebuffer.orchestrator.observability.search.FoundFrame;
import framebuffer.orchestrator.observability.search.FrameFilter;
import framebuffer.orchestrator.observability.search.FrameSearch;
import framebuffer.orchestrator.observability.search.FrameSearch.FoundFrames;
import framebuffer.wire.text.FieldReader;
import framebuffer.wire.text.Timestamps;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The list of frames: its parameters and its answer. */
final class FrameListing {
    private static final int DEFAULT = 100;

    private FrameListing() {
    }

    static Response of(Request request, FrameSearch search) throws InterruptedException {
        FieldReader reader = new FieldReader();
        FrameFilter filter = new FrameFilter(request.query("camera").orElse(null),
                request.query("capability").orElse(null), state(request, reader), request.query("reason").orElse(null),
                request.query("processor").orElse(null), request.moment("from", reader),
                request.moment("to", reader));
        int limit = request.limit(DEFAULT, reader);
        if (!reader.problems().isEmpty()) {
            return Problem.invalid(reader.problems());
        }
        FoundFrames found;
        try {
            found = search.find(filter, request.query("cursor").orElse(""), limit);
        } catch (IllegalArgumentException e) {
            return Problem.invalid("cursor", "must be the next of an answer to the same request");
        }
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode frames = json.putArray("frames");
        found.frames().forEach(frame -> frames.add(json(frame)));
        return Response.ok(json.put("next", found.next()).put("retention_seconds", search.retention().toSeconds()));
    }

    private static @Nullable FrameState state(Request request, FieldReader reader) {
        String word = request.query("state").orElse(null);
        FrameState state = Arrays.stream(FrameState.values()).filter(one -> one.word().equals(word)).findFirst()
                .orElse(null);
        if (word != null && state == null) {
            reader.problem("state", "must be " + Arrays.stream(FrameState.values()).map(FrameState::word)
                    .collect(Collectors.joining(", ")));
        }
        return state;
    }

    private static ObjectNode json(FoundFrame frame) {
        return JsonNodeFactory.instance.objectNode().put("frame_id", frame.frameId())
                .put("camera_id", frame.cameraId()).put("capability", frame.capability())
                .put("state", frame.state().word()).put("reason", frame.reason()).put("detail", frame.detail())
                .put("processor_id", frame.processor()).put("at", Timestamps.micros(frame.at()))
                .put("capture_id", frame.captureId().toString());
    }
}
