package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.api.http.Problem;
import framebuffer.orchestrator.api.http.Problem.ProblemType;
import framebuffer.orchestrator.api.http.Request;
import framebuffer.orchestrator.api.http.Request.PageRequest;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.observability.stats.FrameQueries;
import framebuffer.orchestrator.observability.stats.Ledger;
import framebuffer.orchestrator.pipeline.routing.RoutingExplanation;
import framebuffer.orchestrator.pipeline.routing.RoutingExplanation.ExplainedChoice;
import framebuffer.wire.text.Decoded;
import java.util.List;
import java.util.Map;

/** What became of the frames, what waits, and where one would go. */
final class FramesApi {
    private final FrameQueries queries;

    FramesApi(FrameQueries queries) {
        this.queries = queries;
    }

    List<Route> routes() {
        return List.of(Route.get("/frames/ledger", this::ledger),
                Route.get("/frames/stats", _ -> Response.ok(queries.stats().json())),
                Route.get("/frames/backlogs", _ -> Response.ok(queries.backlogs().json())),
                Route.post("/frames/route", this::route));
    }

    private Response ledger(Request call) {
        return switch (PageRequest.of(call)) {
            case Decoded.Invalid<PageRequest>(List<Decoded.FieldProblem> problems) -> Problem.invalid(problems);
            case Decoded.Valid<PageRequest>(PageRequest page) -> {
                Ledger all = queries.ledger();
                yield Response.ok(new Ledger(all.balanced(), all.total(), all.inFlight(),
                        page.of(all.cameras(), Ledger.CameraCounts::cameraId))
                        .json());
            }
        };
    }

    private Response route(Request call) {
        return switch (RouteRequest.decode(call.body())) {
            case Decoded.Valid<RouteRequest>(RouteRequest request) -> route(request);
            case Decoded.Invalid<RouteRequest>(List<Decoded.FieldProblem> problems) -> Problem.invalid(problems);
        };
    }

    private Response route(RouteRequest request) {
        RoutingExplanation explanation = queries.explain(request.frame());
        if (explanation.refusal() != null) {
            ExplainedChoice refused = explanation.choices().getLast();
            return new Problem(ProblemType.NO_PROCESSOR, "No processor can take the frame: " + explanation.refusal(),
                    List.of(), Map.of(),
                    Map.of("capability", JsonNodeFactory.instance.textNode(refused.capability()), "candidates",
                            RoutingExplanationJson.candidates(refused.candidates())));
        }
        ObjectNode json = RoutingExplanationJson.of(explanation);
        return Response.ok(request.dryRun()
                ? json
                : json.put("capture_id",
                        queries.capture(request.frame().cameraId(), request.frame().fields()).toString()));
    }
}
