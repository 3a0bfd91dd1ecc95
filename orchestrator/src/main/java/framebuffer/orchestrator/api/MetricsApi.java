package framebuffer.orchestrator.api;

import framebuffer.orchestrator.api.http.Request;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.api.http.Route;
import java.util.List;
import java.util.function.Function;

/** All metrics, for Prometheus. */
final class MetricsApi {
    private final Function<String, Response.DocumentContent> metrics;

    MetricsApi(Function<String, Response.DocumentContent> metrics) {
        this.metrics = metrics;
    }

    List<Route> routes() {
        return List.of(Route.openGet("/metrics", this::metrics));
    }

    private Response metrics(Request request) {
        return metrics.apply(request.header("Accept"));
    }
}
