package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.api.http.Caller.CallerRole;
import framebuffer.orchestrator.api.http.Problem;
import framebuffer.orchestrator.api.http.Problem.ProblemType;
import framebuffer.orchestrator.api.http.Request;
import framebuffer.orchestrator.api.http.Request.PageRequest;
import framebuffer.orchestrator.api.http.Resource;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.observability.journey.FramePictures;
import framebuffer.orchestrator.observability.journey.Journey;
import framebuffer.orchestrator.observability.journey.Journey.JourneyEvent;
import framebuffer.orchestrator.observability.journey.JourneyFinder;
import framebuffer.orchestrator.observability.search.FrameSearch;
import framebuffer.orchestrator.observability.stats.FrameQueries;
import framebuffer.orchestrator.observability.stats.Ledger;
import framebuffer.orchestrator.pipeline.RoutePreview;
import framebuffer.orchestrator.pipeline.routing.RoutingExplanation;
import framebuffer.orchestrator.pipeline.routing.RoutingExplanation.Candidate;
import framebuffer.orchestrator.pipeline.routing.RoutingExplanation.ExplainedChoice;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.FieldReader;
import framebuffer.wire.text.Timestamps;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Frames: ledger, figures, backlogs, routes and journeys. */
public final class FramesApi implements Resource {
    private final FrameQueries queries;
    private final RoutePreview preview;
    private final JourneyFinder journeys;
    private final FramePictures pictures;
    private final FrameSearch search;

    public FramesApi(FrameQueries queries, RoutePreview preview, JourneyFinder journeys, FrameSearch search,
            FramePictures pictures) {
        this.queries = queries;
        this.preview = preview;
        this.journeys = journeys;
        this.pictures = pictures;
        this.search = search;
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.get("/frames", this::list), Route.get("/frames/ledger", this::ledger),
                Route.get("/frames/stats", _ -> Response.ok(queries.stats().json())),
                Route.get("/frames/backlogs", _ -> Response.ok(queries.backlogs().json())),
                Route.post("/frames/route", this::route).by(Route.Access.READ),
                Route.get("/frames/{frame_id}", this::journey),
                Route.get("/frames/{frame_id}/picture", this::picture));
    }

    private Response list(Request request) {
        try {
            return FrameListing.of(request, search);
        } catch (InterruptedException e) {
            return stopping();
        }
    }

    private static Problem stopping() {
        Thread.currentThread().interrupt();
        return new Problem(ProblemType.UNAVAILABLE, "The service is stopping", List.of(), Map.of("Retry-After", "1"));
    }

    private Response ledger(Request request) {
        return switch (PageRequest.of(request)) {
            case Decoded.Invalid<PageRequest>(List<Decoded.FieldProblem> problems) -> Problem.invalid(problems);
            case Decoded.Valid<PageRequest>(PageRequest page) -> {
                Ledger all = queries.ledger();
                yield Response.ok(new Ledger(all.balanced(), all.total(), all.inFlight(),
                        page.of(all.cameras(), Ledger.CameraCounts::cameraId))
                        .json());
            }
        };
    }

    private Response route(Request request) {
        return switch (RouteRequest.decode(request.body())) {
            case Decoded.Valid<RouteRequest>(RouteRequest asked) -> asked.dryRun()
                    || request.caller().role() == CallerRole.ADMIN
                            ? route(asked)
                            : new Problem(ProblemType.FORBIDDEN, "The token " + request.caller().name()
                                    + " may only ask where a frame would go, with dry_run");
            case Decoded.Invalid<RouteRequest>(List<Decoded.FieldProblem> problems) -> Problem.invalid(problems);
        };
    }

    private Response route(RouteRequest request) {
        RoutingExplanation explanation = preview.explain(request.frame());
        if (explanation.refusal() != null) {
            ExplainedChoice refused = explanation.choices().getLast();
            return new Problem(ProblemType.NO_PROCESSOR, "No processor can take the frame: " + explanation.refusal(),
                    List.of(), Map.of(),
                    Map.of("capability", JsonNodeFactory.instance.textNode(refused.capability()), "candidates",
                            candidates(refused.candidates())));
        }
        ObjectNode json = json(explanation);
        return Response.ok(request.dryRun()
                ? json
                : json.put("capture_id",
                        preview.capture(request.frame()).toString()));
    }

    /** The members beside the strategy describe the choice for the first capability. */
    private static ObjectNode json(RoutingExplanation explanation) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ExplainedChoice first = explanation.choices().getFirst();
        json.put("processor_id", first.processorId()).put("strategy", explanation.strategy().word()).set("candidates",
                candidates(first.candidates()));
        ArrayNode choices = json.putArray("choices");
        explanation.choices().forEach(choice -> choices.addObject().put("capability", choice.capability())
                .put("processor_id", choice.processorId()).set("candidates", candidates(choice.candidates())));
        return json;
    }

    private static ArrayNode candidates(List<Candidate> candidates) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        candidates.forEach(candidate -> list.addObject().put("processor_id", candidate.processorId())
                .put("utilization", candidate.utilization()).put("eligible", candidate.eligible())
                .put("reason", candidate.reason()));
        return list;
    }

    /** Shows all frames with this id, as a list when there are several. */
    private Response journey(Request request) {
        String id = request.path("frame_id");
        List<Journey> found;
        try {
            found = journeys.find(id);
        } catch (InterruptedException e) {
            return stopping();
        }
        if (found.isEmpty()) {
            return new Problem(ProblemType.NOT_FOUND, "Frame " + FieldReader.shown(id)
                    + " not found: it is in no queue, and decisions are kept for "
                    + journeys.retention().toSeconds() + " s only");
        }
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        found.stream().map(FramesApi::json).forEach(all::add);
        return Response.ok(all.size() == 1 ? all.get(0) : all);
    }

    private Response picture(Request request) {
        String id = request.path("frame_id");
        String search = request.query("search").orElse("true");
        if (!search.equals("true") && !search.equals("false")) {
            return Problem.invalid("search", "must be true or false, not " + FieldReader.shown(search));
        }
        try {
            return (search.equals("true") ? pictures.find(id) : pictures.stored(id))
                    .<Response>map(jpeg -> new Response.DocumentContent("image/jpeg", out -> out.write(jpeg),
                            Map.of("Cache-Control", "no-store")))
                    .orElseGet(() -> new Problem(ProblemType.NOT_FOUND, "No picture of frame " + FieldReader.shown(id)
                            + ": its pixels are in no entry, and their key has expired or holds no JPEG"));
        } catch (InterruptedException e) {
            return stopping();
        }
    }

    private static ObjectNode json(Journey journey) {
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
        ArrayNode results = json.putArray("results");
        journey.results().forEach(result -> results.add(result.json()));
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
