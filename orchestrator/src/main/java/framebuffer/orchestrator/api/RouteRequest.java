package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.wire.EntryId;
import framebuffer.wire.frame.Frame;
import framebuffer.wire.frame.FrameCodec;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Fields;
import framebuffer.wire.text.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A frame to route.
 *
 * @param dryRun whether the frame is only explained and not captured
 */
record RouteRequest(Frame frame, boolean dryRun) {
    private static final String FRAME = "frame";

    /** Decodes a request body; never throws. Members of the frame follow the rules for fields of the capture stream. */
    static Decoded<RouteRequest> decode(byte[] json) {
        ObjectNode body = Json.object(json);
        if (body == null) {
            return Decoded.invalid("body", "must be a JSON object");
        }
        if (!(body.path(FRAME) instanceof ObjectNode members)) {
            return Decoded.invalid(FRAME, body.hasNonNull(FRAME) ? "must be a JSON object" : "is missing");
        }
        JsonNode dryRun = body.path("dry_run");
        if (!dryRun.isMissingNode() && !dryRun.isNull() && !dryRun.isBoolean()) {
            return Decoded.invalid("dry_run", "must be true or false");
        }
        // Without an entry, a frame that names no time has none; that does not matter here.
        return switch (FrameCodec.decode(EntryId.FIRST, fields(members))) {
            case Decoded.Valid<Frame>(Frame frame) ->
                new Decoded.Valid<>(new RouteRequest(frame, dryRun.booleanValue()));
            case Decoded.Invalid<Frame>(List<Decoded.FieldProblem> problems) -> new Decoded.Invalid<>(problems.stream()
                    .map(problem -> new Decoded.FieldProblem(FRAME + "." + problem.field(), problem.reason()))
                    .toList());
        };
    }

    /** Members as fields: text as it is, objects and lists as JSON; null is omitted. */
    private static Fields fields(ObjectNode members) {
        Fields.Writer fields = new Fields.Writer(2 * members.size());
        members.properties().stream().filter(member -> !member.getValue().isNull())
                .forEach(member -> fields.put(member.getKey().getBytes(StandardCharsets.UTF_8),
                        member.getValue().isContainerNode()
                                ? Json.bytes(member.getValue())
                                : member.getValue().asText().getBytes(StandardCharsets.UTF_8)));
        return fields.fields();
    }
}
