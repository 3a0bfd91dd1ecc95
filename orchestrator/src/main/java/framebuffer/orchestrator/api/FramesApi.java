package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.api.http.Call;
import framebuffer.orchestrator.api.http.Page;
import framebuffer.orchestrator.api.http.Problem;
import framebuffer.orchestrator.api.http.Problem.Kind;
import framebuffer.orchestrator.api.http.Reply;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.ledger.Ledger;
import framebuffer.orchestrator.routing.Explanation;
import framebuffer.orchestrator.routing.Explanation.Choice;
import framebuffer.orchestrator.traffic.Traffic;
import framebuffer.wire.Decoded;
import java.util.List;
import java.util.Map;

/** What became of the frames, what waits, and where one would go. */
final class FramesApi {
    private final Traffic traffic;

    FramesApi(Traffic traffic) {
        this.traffic = traffic;
    }

    List<Route> routes() {
        return List.of(Route.get("/frames/ledger", this::ledger),
                Route.get("/frames/stats", _ -> Reply.ok(traffic.stats().json())),
                Route.get("/frames/backlogs", _ -> Reply.ok(traffic.backlogs().json())),
                Route.post("/frames/route", this::route));
    }

    private Reply ledger(Call call) {
        return switch (Page.of(call)) {
            case Decoded.Invalid<Page>(List<Decoded.Problem> problems) -> Problem.invalid(problems);
            case Decoded.Valid<Page>(Page page) -> {
                Ledger all = traffic.ledger();
                yield Reply.ok(new Ledger(all.balanced(), all.total(), all.inFlight(),
                        page.of(all.cameras(), Ledger.Camera::cameraId))
                        .json());
            }
        };
    }

    private Reply route(Call call) {
        return switch (RouteRequest.decode(call.body())) {
            case Decoded.Valid<RouteRequest>(RouteRequest request) -> route(request);
            case Decoded.Invalid<RouteRequest>(List<Decoded.Problem> problems) -> Problem.invalid(problems);
        };
    }

    private Reply route(RouteRequest request) {
        Explanation explanation = traffic.explain(request.frame());
        if (explanation.refusal() != null) {
            Choice refused = explanation.choices().getLast();
            return new Problem(Kind.NO_PROCESSOR, "No processor can take the frame: " + explanation.refusal(),
                    List.of(), Map.of(),
                    Map.of("capability", JsonNodeFactory.instance.textNode(refused.capability()), "candidates",
                            ExplanationJson.candidates(refused.candidates())));
        }
        ObjectNode json = ExplanationJson.of(explanation);
        return Reply.ok(request.dryRun()
                ? json
                : json.put("capture_id",
                        traffic.capture(request.frame().cameraId(), request.frame().fields()).toString()));
    }
}
