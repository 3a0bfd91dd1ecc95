package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import framebuffer.orchestrator.api.http.Problem;
import framebuffer.orchestrator.api.http.Problem.ProblemType;
import framebuffer.orchestrator.api.http.Request;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.observability.journey.Journey;
import framebuffer.orchestrator.observability.journey.JourneyFinder;
import framebuffer.wire.text.FieldReader;
import java.util.List;
import java.util.Map;

/** Where a frame is, and every decision about it. */
final class JourneyApi {
    private final JourneyFinder journeys;

    public JourneyApi(JourneyFinder journeys) {
        this.journeys = journeys;
    }

    /** What it answers. */
    public List<Route> routes() {
        return List.of(Route.get("/frames/{frame_id}", this::show));
    }

    /** Two frames may bear the same id: then both are shown. */
    private Response show(Request request) {
        String id = request.path("frame_id");
        List<Journey> found;
        try {
            found = journeys.find(id);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Problem(ProblemType.UNAVAILABLE, "The service is stopping", List.of(),
                    Map.of("Retry-After", "1"));
        }
        if (found.isEmpty()) {
            return new Problem(ProblemType.NOT_FOUND, "Frame " + FieldReader.shown(id)
                    + " not found: it is in no queue, and decisions are kept for "
                    + journeys.retention().toSeconds() + " s only");
        }
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        found.stream().map(JourneyJson::of).forEach(all::add);
        return Response.ok(all.size() == 1 ? all.get(0) : all);
    }
}
