package framebuffer.orchestrator.api.results;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.api.http.EventFeed;
import framebuffer.orchestrator.api.http.Problem;
import framebuffer.orchestrator.api.http.Request;
import framebuffer.orchestrator.api.http.Resource;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.observability.results.ResultCursor;
import framebuffer.orchestrator.observability.results.ResultEvents;
import framebuffer.orchestrator.observability.results.ResultEvents.ResultListener;
import framebuffer.orchestrator.observability.results.ResultFilter;
import framebuffer.orchestrator.observability.results.ResultPages;
import framebuffer.orchestrator.observability.results.ResultPages.ResultPage;
import framebuffer.orchestrator.observability.results.ResultPages.ResultQuery;
import framebuffer.wire.text.FieldReader;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Results: pages of them, and events as they come. */
public final class ResultsApi implements Resource {
    private static final int DEFAULT = 100;

    private final ResultPages pages;
    private final ResultEvents events;

    public ResultsApi(ResultPages pages, ResultEvents events) {
        this.pages = pages;
        this.events = events;
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.get("/results", this::list), Route.get("/results/events", this::follow));
    }

    private Response list(Request request) {
        FieldReader reader = new FieldReader();
        ResultQuery query = new ResultQuery(filter(request, reader), newestFirst(request, reader),
                cursor("cursor", request.query("cursor").orElse(null), reader), request.moment("from", reader),
                request.moment("to", reader), request.limit(DEFAULT, reader));
        if (!reader.problems().isEmpty()) {
            return Problem.invalid(reader.problems());
        }
        ResultPage page = pages.read(query);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode results = json.putArray("results");
        page.results().forEach(result -> results.add(result.json()));
        // What arrives later is behind the last page of the oldest first, and before the first page of the newest first.
        return Response.ok(json.put("next", page.more() || !query.newestFirst() ? page.next().toString() : null)
                .put("more", page.more()).put("malformed", page.malformed()));
    }

    private Response follow(Request request) {
        FieldReader reader = new FieldReader();
        ResultFilter filter = filter(request, reader);
        String last = request.header("Last-Event-ID");
        ResultCursor after = cursor("Last-Event-ID", last.isEmpty() ? null : last, reader);
        return reader.problems().isEmpty()
                ? new Response.FeedContent("result", () -> new ResultFeed(events.listen(filter, after)))
                : Problem.invalid(reader.problems());
    }

    /** The results for one listener, as events. */
    private record ResultFeed(ResultListener listener) implements EventFeed {
        @Override
        public List<FeedEvent> next(Duration atMost) throws InterruptedException {
            return listener.next(atMost).stream()
                    .map(event -> new FeedEvent(event.position().toString(), event.result().json())).toList();
        }

        @Override
        public String position() {
            return listener.position().toString();
        }

        @Override
        public void close() {
            listener.close();
        }
    }

    private static ResultFilter filter(Request request, FieldReader reader) {
        return new ResultFilter(request.query("camera").orElse(null), request.query("capability").orElse(null),
                request.query("label").orElse(null), score(request.query("min_score").orElse(null), reader));
    }

    private static @Nullable Double score(@Nullable String text, FieldReader reader) {
        if (text == null) {
            return null;
        }
        if (text.matches("[0-9]{1,9}(\\.[0-9]{1,9})?")) {
            return Double.valueOf(text);
        }
        reader.problem("min_score", "must be a number of at least 0, such as 0.5, not " + FieldReader.shown(text));
        return null;
    }

    private static boolean newestFirst(Request request, FieldReader reader) {
        String order = request.query("order").orElse("newest");
        if (!order.equals("newest") && !order.equals("oldest")) {
            reader.problem("order", "must be newest or oldest, not " + FieldReader.shown(order));
        }
        return order.equals("newest");
    }

    private @Nullable ResultCursor cursor(String field, @Nullable String text, FieldReader reader) {
        if (text == null) {
            return null;
        }
        ResultCursor cursor = ResultCursor.parse(text, pages.partitions());
        if (cursor == null) {
            reader.problem(field, "must be a cursor that a response of this service named; one from before a change of"
                    + " the number of partitions is no longer valid");
        }
        return cursor;
    }
}
