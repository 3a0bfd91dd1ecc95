package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.api.http.Resource;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.observability.alerts.AlertReport;
import framebuffer.orchestrator.observability.alerts.Verdicts;
import framebuffer.orchestrator.observability.history.HistoryReader;
import framebuffer.orchestrator.observability.silences.AlertSilences;
import framebuffer.wire.control.Heartbeat.HealthStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Health, alerts, metrics and history of the service. It is live while it answers, and ready while no vital health check fails. */
public final class MonitoringApi implements Resource {
    private final List<HealthCheck> checks;
    private final Supplier<AlertReport> report;
    private final AlertListing alerts;
    private final HistoryReader history;
    private final Function<String, Response.DocumentContent> metrics;

    /**
     * A health check.
     *
     * @param name in {@code snake_case}
     * @param vital whether a failure makes the service unhealthy; otherwise degraded
     * @param failure why the check fails; empty: it passes. Returns at once
     */
    public record HealthCheck(String name, boolean vital, Supplier<Optional<String>> failure) {
        /** A check whose failure makes the service unhealthy. */
        public static HealthCheck vital(String name, Supplier<Optional<String>> failure) {
            return new HealthCheck(name, true, failure);
        }

        /** A check whose failure makes the service degraded. */
        public static HealthCheck minor(String name, Supplier<Optional<String>> failure) {
            return new HealthCheck(name, false, failure);
        }

        private HealthStatus status(Optional<String> reason) {
            if (reason.isEmpty()) {
                return HealthStatus.HEALTHY;
            }
            return vital ? HealthStatus.UNHEALTHY : HealthStatus.DEGRADED;
        }
    }

    /**
     * @param metrics Accept header → all metrics in a suitable format
     */
    public MonitoringApi(List<HealthCheck> checks, Supplier<AlertReport> report, AlertSilences silences,
            HistoryReader history, Function<String, Response.DocumentContent> metrics) {
        this.checks = List.copyOf(checks);
        this.report = report;
        this.alerts = new AlertListing(report, silences);
        this.history = history;
        this.metrics = metrics;
    }

    @Override
    public List<Route> routes() {
        List<Route> routes = new ArrayList<>(alerts.routes());
        routes.addAll(List.of(Route.probe("/health", _ -> ready()), Route.probe("/health/ready", _ -> ready()),
                Route.probe("/health/live", _ -> Response.ok(status(HealthStatus.HEALTHY))),
                Route.get("/history", request -> HistoryListing.of(request, history)),
                Route.openGet("/metrics", request -> metrics.apply(request.header("Accept")))));
        return routes;
    }

    private Response ready() {
        ObjectNode body = health();
        return new Response.JsonContent(body.path("status").asText().equals(HealthStatus.UNHEALTHY.word()) ? 503 : 200,
                body, Map.of());
    }

    private static ObjectNode status(HealthStatus status) {
        return JsonNodeFactory.instance.objectNode().put("status", status.word());
    }

    /** In the form of {@code GET /health}. */
    ObjectNode health() {
        HealthStatus worst = HealthStatus.HEALTHY;
        ArrayNode results = JsonNodeFactory.instance.arrayNode();
        for (HealthCheck check : checks) {
            Optional<String> failure = check.failure().get();
            HealthStatus status = check.status(failure);
            ObjectNode result = results.addObject().put("name", check.name()).put("status", status.word());
            failure.ifPresent(why -> result.put("detail", why));
            worst = status.compareTo(worst) > 0 ? status : worst;
        }
        ObjectNode body = status(worst);
        body.set("checks", results);
        return body;
    }

    /** In the form of {@code GET /alerts}. */
    ArrayNode alerts() {
        return alerts.alerts();
    }

    Verdicts verdicts() {
        return report.get().verdicts();
    }
}
