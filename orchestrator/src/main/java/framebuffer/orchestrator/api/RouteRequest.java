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
 * A frame whose way is asked for.
 *
 * @param frame
 *            the frame
 * @param dryRun
 *            whether it is not to be captured
 */
record RouteRequest(Frame frame, boolean dryRun) {
    private static final String FRAME = "frame";

    /** Reads it; never throws. A frame is read by the rules for the capture stream: its members are the fields there. */
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
        // It has no entry yet, so one that does not say when it was taken has no time yet; that changes nothing here.
        return switch (FrameCodec.decode(EntryId.FIRST, fields(members))) {
            case Decoded.Valid<Frame>(Frame frame) ->
                new Decoded.Valid<>(new RouteRequest(frame, dryRun.booleanValue()));
            case Decoded.Invalid<Frame>(List<Decoded.FieldProblem> problems) -> new Decoded.Invalid<>(problems.stream()
                    .map(problem -> new Decoded.FieldProblem(FRAME + "." + problem.field(), problem.reason()))
                    .toList());
        };
    }

    /** Each member is a field: text as it is, objects and lists as JSON, null not at all. */
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
