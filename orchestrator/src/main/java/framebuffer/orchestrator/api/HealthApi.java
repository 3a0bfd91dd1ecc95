package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.api.HealthCheck.Severity;
import framebuffer.orchestrator.api.http.Request;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.wire.control.Heartbeat.HealthStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How the service itself is. Live: it answers. Ready: nothing vital fails. */
final class HealthApi {
    private final List<HealthCheck> checks;

    HealthApi(List<HealthCheck> checks) {
        this.checks = checks;
    }

    List<Route> routes() {
        return List.of(Route.probe("/health", this::health), Route.probe("/health/ready", this::health),
                Route.probe("/health/live",
                        _ -> Response
                                .ok(JsonNodeFactory.instance.objectNode().put("status", HealthStatus.HEALTHY.word()))));
    }

    private Response health(Request request) {
        ObjectNode body = json(checks);
        return new Response.JsonContent(body.path("status").asText().equals(HealthStatus.UNHEALTHY.word()) ? 503 : 200,
                body, Map.of());
    }

    /** As it is now, in the form of {@code GET /health}. */
    static ObjectNode json(List<HealthCheck> checks) {
        HealthStatus worst = HealthStatus.HEALTHY;
        ArrayNode results = JsonNodeFactory.instance.arrayNode();
        for (HealthCheck check : checks) {
            Optional<String> failure = check.failure().get();
            HealthStatus status = failure.isEmpty() ? HealthStatus.HEALTHY : failed(check.weight());
            ObjectNode result = results.addObject().put("name", check.name()).put("status", status.word());
            failure.ifPresent(why -> result.put("detail", why));
            worst = status.compareTo(worst) > 0 ? status : worst;
        }
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("status", worst.word());
        body.set("checks", results);
        return body;
    }

    private static HealthStatus failed(Severity severity) {
        return switch (severity) {
            case MINOR -> HealthStatus.DEGRADED;
            case VITAL -> HealthStatus.UNHEALTHY;
        };
    }
}
