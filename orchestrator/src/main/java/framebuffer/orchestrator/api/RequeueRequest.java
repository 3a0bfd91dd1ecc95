package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.pipeline.deadletters.DeadLetterOperations.RequeueRange;
import framebuffer.wire.EntryId;
import framebuffer.wire.frame.DeadLetter.DeadLetterReason;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.FieldReader;
import framebuffer.wire.text.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The dead letters to requeue. */
sealed interface RequeueRequest {
    /** Most ids in one request. */
    int MOST_IDS = 10_000;

    /** Dead letters by id. */
    record ByIds(List<EntryId> ids) implements RequeueRequest {
        public ByIds {
            ids = List.copyOf(ids);
        }
    }

    /** Dead letters of one reason, or all. */
    record ByRange(RequeueRange range) implements RequeueRequest {
    }

    /** Decodes a request body; never throws. */
    static Decoded<RequeueRequest> decode(byte[] body) {
        ObjectNode json = Json.object(body);
        if (json == null) {
            return Decoded.invalid("body", "must be a JSON object");
        }
        boolean all = json.path("all").asBoolean(false);
        if ((json.hasNonNull("ids") ? 1 : 0) + (json.hasNonNull("reason") ? 1 : 0) + (all ? 1 : 0) != 1) {
            return Decoded.invalid("body", "must have one of ids, reason, and all: true");
        }
        FieldReader reader = new FieldReader();
        RequeueRequest request = json.hasNonNull("ids")
                ? new ByIds(ids(json.path("ids"), reader))
                : new ByRange(
                        new RequeueRange(reason(json.path("reason"), reader), id("after", json.path("after"), reader),
                                id("up_to", json.path("up_to"), reader)));
        return Decoded.of(request, reader.problems());
    }

    private static List<EntryId> ids(JsonNode list, FieldReader reader) {
        if (!list.isArray() || list.size() > MOST_IDS) {
            reader.problem("ids", "must be a list of at most " + MOST_IDS + " ids");
            return List.of();
        }
        List<EntryId> ids = new ArrayList<>(list.size());
        for (JsonNode one : list) {
            EntryId id = id("ids", one.isNull() ? list : one, reader);
            if (id != null) {
                ids.add(id);
            }
        }
        return ids;
    }

    private static @Nullable DeadLetterReason reason(JsonNode word, FieldReader reader) {
        DeadLetterReason reason = DeadLetterReason.of(word.asText());
        if (reason == null && !word.isMissingNode() && !word.isNull()) {
            reader.problem("reason", "must be " + DeadLetterReason.words());
        }
        return reason;
    }

    private static @Nullable EntryId id(String field, JsonNode id, FieldReader reader) {
        if (id.isMissingNode() || id.isNull()) {
            return null;
        }
        try {
            if (id.isTextual()) {
                return EntryId.parse(id.asText());
            }
        } catch (IllegalArgumentException e) {
            // Reported below, in the same words as a value that is no text.
        }
        reader.problem(field, "must be the id of a dead letter, not " + FieldReader.shown(id.toString()));
        return null;
    }
}
