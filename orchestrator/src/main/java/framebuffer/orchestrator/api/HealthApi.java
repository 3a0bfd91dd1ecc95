package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.api.HealthCheck.Weight;
import framebuffer.orchestrator.api.http.Call;
import framebuffer.orchestrator.api.http.Reply;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.wire.processor.Heartbeat.Status;
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
                        _ -> Reply.ok(JsonNodeFactory.instance.objectNode().put("status", Status.HEALTHY.word()))));
    }

    private Reply health(Call call) {
        ObjectNode body = json(checks);
        return new Reply.Json(body.path("status").asText().equals(Status.UNHEALTHY.word()) ? 503 : 200, body, Map.of());
    }

    /** As it is now, in the form of {@code GET /health}. */
    static ObjectNode json(List<HealthCheck> checks) {
        Status worst = Status.HEALTHY;
        ArrayNode results = JsonNodeFactory.instance.arrayNode();
        for (HealthCheck check : checks) {
            Optional<String> failure = check.failure().get();
            Status status = failure.isEmpty() ? Status.HEALTHY : failed(check.weight());
            ObjectNode result = results.addObject().put("name", check.name()).put("status", status.word());
            failure.ifPresent(why -> result.put("detail", why));
            worst = status.compareTo(worst) > 0 ? status : worst;
        }
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("status", worst.word());
        body.set("checks", results);
        return body;
    }

    private static Status failed(Weight weight) {
        return switch (weight) {
            case MINOR -> Status.DEGRADED;
            case VITAL -> Status.UNHEALTHY;
        };
    }
}
