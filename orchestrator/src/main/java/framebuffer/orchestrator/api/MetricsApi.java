package framebuffer.orchestrator.api;

import framebuffer.orchestrator.api.http.Request;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.observability.telemetry.MetricsText;
import java.util.List;

/** What is measured, for Prometheus. */
final class MetricsApi {
    private final MetricsText metrics;

    MetricsApi(MetricsText metrics) {
        this.metrics = metrics;
    }

    List<Route> routes() {
        return List.of(Route.openGet("/metrics", this::metrics));
    }

    private Response metrics(Request call) {
        String accept = call.header("Accept");
        return new Response.DocumentContent(metrics.contentType(accept), out -> metrics.write(out, accept));
    }
}
