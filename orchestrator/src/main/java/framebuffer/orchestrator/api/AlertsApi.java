package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.observability.alerts.Alert;
import java.util.List;
import java.util.function.Supplier;

/** What an operator should look at now. */
final class AlertsApi {
    private final Supplier<List<Alert>> firing;

    AlertsApi(Supplier<List<Alert>> firing) {
        this.firing = firing;
    }

    List<Route> routes() {
        return List.of(Route.get("/alerts", _ -> Response.ok(json(firing.get()))));
    }

    static ArrayNode json(List<Alert> alerts) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        alerts.forEach(alert -> list.add(alert.json()));
        return list;
    }
}
