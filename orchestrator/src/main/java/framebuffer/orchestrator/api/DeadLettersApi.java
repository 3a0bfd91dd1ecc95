package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.api.http.Problem;
import framebuffer.orchestrator.api.http.Problem.ProblemType;
import framebuffer.orchestrator.api.http.Request;
import framebuffer.orchestrator.api.http.Resource;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.pipeline.deadletters.DeadLetterOperations;
import framebuffer.orchestrator.pipeline.deadletters.DeadLetterOperations.RequeueRange;
import framebuffer.orchestrator.pipeline.deadletters.DeadLetterOperations.RequeueResult;
import framebuffer.redis.queues.DeadLetterStore.FullDeadLetter;
import framebuffer.redis.queues.DeadLetterStore.StoredDeadLetter;
import framebuffer.wire.EntryId;
import framebuffer.wire.frame.DeadLetter;
import framebuffer.wire.frame.DeadLetter.DeadLetterReason;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.FieldReader;
import framebuffer.wire.text.Timestamps;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Dead letters: list, show, requeue and delete. */
public final class DeadLettersApi implements Resource {
    private static final int MOST = 1_000;
    private static final String ONE_OF = "must be " + DeadLetterReason.words();

    private final DeadLetterOperations deadLetters;

    public DeadLettersApi(DeadLetterOperations deadLetters) {
        this.deadLetters = deadLetters;
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.get("/frames/dead-letters", this::list),
                Route.post("/frames/dead-letters/requeue", this::requeue),
                Route.get("/frames/dead-letters/{letter_id}", this::show),
                Route.delete("/frames/dead-letters/{letter_id}", this::delete));
    }

    private Response list(Request request) {
        FieldReader reader = new FieldReader();
        DeadLetterReason reason = request.query("reason").map(word -> reason(word, reader)).orElse(null);
        EntryId after = request.query("after").map(text -> id("after", text, reader)).orElse(null);
        int limit = request.query("limit").map(text -> limit(text, reader)).orElse(100);
        if (!reader.problems().isEmpty()) {
            return Problem.invalid(reader.problems());
        }
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        deadLetters.list(reason, after, limit).forEach(letter -> list.add(json(letter)));
        return Response.ok(list);
    }

    private static @Nullable DeadLetterReason reason(String word, FieldReader reader) {
        DeadLetterReason reason = DeadLetterReason.of(word);
        if (reason == null) {
            reader.problem("reason", ONE_OF);
        }
        return reason;
    }

    private static @Nullable EntryId id(String field, String text, FieldReader reader) {
        try {
            return EntryId.parse(text);
        } catch (IllegalArgumentException e) {
            reader.problem(field, "must be the id of a dead letter, not " + FieldReader.shown(text));
            return null;
        }
    }

    private static int limit(String text, FieldReader reader) {
        if (text.matches("[0-9]{1,4}") && Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= MOST) {
            return Integer.parseInt(text);
        }
        reader.problem("limit", "must be an integer from 1 to " + MOST);
        return 1;
    }

    private Response show(Request request) {
        return id(request).flatMap(deadLetters::show).<Response>map(letter -> Response.ok(json(letter)))
                .orElseGet(() -> notFound(request));
    }

    private Response delete(Request request) {
        return id(request).filter(deadLetters::delete).isPresent() ? new Response.NoContent() : notFound(request);
    }

    /** Empty when the text in the path is no entry id, and so there is no such dead letter. */
    private static Optional<EntryId> id(Request request) {
        return Optional.ofNullable(id("id", request.path("letter_id"), new FieldReader()));
    }

    private static Problem notFound(Request request) {
        return new Problem(ProblemType.NOT_FOUND,
                "Dead letter " + FieldReader.shown(request.path("letter_id")) + " not found");
    }

    private Response requeue(Request request) {
        return switch (RequeueRequest.decode(request.body())) {
            case Decoded.Valid<RequeueRequest>(RequeueRequest.ByIds(List<EntryId> ids)) ->
                Response.ok(json(deadLetters.requeue(ids)));
            case Decoded.Valid<RequeueRequest>(RequeueRequest.ByRange(RequeueRange range)) ->
                Response.ok(json(deadLetters.requeue(range)));
            case Decoded.Invalid<RequeueRequest>(List<Decoded.FieldProblem> problems) -> Problem.invalid(problems);
        };
    }

    private static JsonNode json(RequeueResult done) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("requeued", done.requeued());
        ArrayNode missing = json.putArray("missing");
        done.missing().forEach(id -> missing.add(id.toString()));
        return json.put("next", text(done.next())).put("up_to", text(done.upTo()));
    }

    private static @Nullable String text(@Nullable EntryId id) {
        return id == null ? null : id.toString();
    }

    private static ObjectNode json(StoredDeadLetter kept) {
        DeadLetter letter = kept.letter();
        return JsonNodeFactory.instance.objectNode().put("id", kept.id().toString()).put("frame_id", kept.frameId())
                .put("camera_id", kept.cameraId()).put("reason", letter.reason().word())
                .put("detail", letter.detail()).put("attempt", letter.attempt())
                .put("dead_at", Timestamps.micros(letter.at()));
    }

    private static ObjectNode json(FullDeadLetter whole) {
        DeadLetter letter = whole.kept().letter();
        ObjectNode json = json(whole.kept()).put("source", letter.source().toString());
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
