package framebuffer.orchestrator.api;

import framebuffer.orchestrator.api.http.Call;
import framebuffer.orchestrator.api.http.Reply;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.telemetry.MetricsText;
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

    private Reply metrics(Call call) {
        String accept = call.header("Accept");
        return new Reply.Document(metrics.contentType(accept), out -> metrics.write(out, accept));
    }
}
