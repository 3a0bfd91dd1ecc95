package framebuffer.orchestrator.api.letters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.api.http.Call;
import framebuffer.orchestrator.api.http.Problem;
import framebuffer.orchestrator.api.http.Problem.Kind;
import framebuffer.orchestrator.api.http.Reply;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.letters.LetterDesk;
import framebuffer.orchestrator.letters.LetterDesk.Range;
import framebuffer.orchestrator.letters.LetterDesk.Requeued;
import framebuffer.wire.Decoded;
import framebuffer.wire.EntryId;
import framebuffer.wire.FieldReader;
import framebuffer.wire.frame.DeadLetter.Reason;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Frames given up on are looked at, handed off again, and removed. */
public final class DeadLettersApi {
    private static final int MOST = 1_000;
    private static final String ONE_OF = "must be invalid, no_processor, max_attempts or rejected";

    private final LetterDesk desk;

    public DeadLettersApi(LetterDesk desk) {
        this.desk = desk;
    }

    /** What is answered, the most specific first. */
    public List<Route> routes() {
        return List.of(Route.get("/frames/dead-letters", this::list),
                Route.post("/frames/dead-letters/requeue", this::requeue),
                Route.get("/frames/dead-letters/{letter_id}", this::show),
                Route.delete("/frames/dead-letters/{letter_id}", this::delete));
    }

    private Reply list(Call call) {
        FieldReader reader = new FieldReader();
        Reason reason = call.query("reason").map(word -> reason(word, reader)).orElse(null);
        EntryId after = call.query("after").map(text -> id("after", text, reader)).orElse(null);
        int limit = call.query("limit").map(text -> limit(text, reader)).orElse(100);
        if (!reader.problems().isEmpty()) {
            return Problem.invalid(reader.problems());
        }
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        desk.list(reason, after, limit).forEach(letter -> list.add(DeadLetterJson.of(letter)));
        return Reply.ok(list);
    }

    private static @Nullable Reason reason(String word, FieldReader reader) {
        Reason reason = Reason.of(word);
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

    private Reply show(Call call) {
        return named(call).flatMap(desk::show).<Reply>map(letter -> Reply.ok(DeadLetterJson.of(letter)))
                .orElseGet(() -> notFound(call));
    }

    private Reply delete(Call call) {
        return named(call).filter(desk::delete).isPresent() ? new Reply.NoContent() : notFound(call);
    }

    /** What is no id of an entry names no letter. */
    private static Optional<EntryId> named(Call call) {
        return Optional.ofNullable(id("id", call.path("letter_id"), new FieldReader()));
    }

    private static Problem notFound(Call call) {
        return new Problem(Kind.NOT_FOUND, "Dead letter " + FieldReader.shown(call.path("letter_id")) + " not found");
    }

    private Reply requeue(Call call) {
        return switch (RequeueRequest.decode(call.body())) {
            case Decoded.Valid<RequeueRequest>(RequeueRequest.These(List<EntryId> ids)) ->
                Reply.ok(json(desk.requeue(ids)));
            case Decoded.Valid<RequeueRequest>(RequeueRequest.Within(Range range)) ->
                Reply.ok(json(desk.requeue(range)));
            case Decoded.Invalid<RequeueRequest>(List<Decoded.Problem> problems) -> Problem.invalid(problems);
        };
    }

    private static JsonNode json(Requeued done) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("requeued", done.requeued());
        ArrayNode missing = json.putArray("missing");
        done.missing().forEach(id -> missing.add(id.toString()));
        return json.put("next", text(done.next())).put("up_to", text(done.upTo()));
    }

    private static @Nullable String text(@Nullable EntryId id) {
        return id == null ? null : id.toString();
    }
}
