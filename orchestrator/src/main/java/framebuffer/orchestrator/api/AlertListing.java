package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.api.http.Problem;
import framebuffer.orchestrator.api.http.Problem.ProblemType;
import framebuffer.orchestrator.api.http.Request;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.observability.alerts.Alert;
import framebuffer.orchestrator.observability.alerts.AlertReport;
import framebuffer.orchestrator.observability.alerts.AlertRule;
import framebuffer.orchestrator.observability.silences.AlertSilences;
import framebuffer.orchestrator.observability.silences.AlertSilences.AlertSilence;
import framebuffer.redis.monitoring.SilenceStore;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.FieldReader;
import framebuffer.wire.text.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Alerts: list, by rule, and silences. */
final class AlertListing {
    /** Most subjects of a rule that its group names. */
    private static final int SUBJECTS = 20;

    private final Supplier<AlertReport> report;
    private final AlertSilences silences;

    AlertListing(Supplier<AlertReport> report, AlertSilences silences) {
        this.report = report;
        this.silences = silences;
    }

    List<Route> routes() {
        return List.of(Route.get("/alerts", _ -> Response.ok(alerts())),
                Route.get("/alerts/groups", _ -> Response.ok(groups())),
                Route.post("/alerts/{rule}/silence", request -> ofRule(request, this::silence)),
                Route.delete("/alerts/{rule}/silence", request -> ofRule(request, this::end)));
    }

    /** In the form of {@code GET /alerts}. */
    ArrayNode alerts() {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        report.get().firing().forEach(alert -> list.add(alert.json().put("silenced_until", until(alert))));
        return list;
    }

    private @Nullable String until(Alert alert) {
        return silences.of(alert).map(silence -> Timestamps.micros(silence.until())).orElse(null);
    }

    private ArrayNode groups() {
        Map<AlertRule, List<Alert>> firing = new LinkedHashMap<>();
        report.get().firing().forEach(alert -> firing.computeIfAbsent(alert.rule(), _ -> new ArrayList<>()).add(alert));
        List<AlertSilence> lasting = silences.lasting();
        lasting.forEach(silence -> firing.putIfAbsent(silence.rule(), List.of()));
        ArrayNode groups = JsonNodeFactory.instance.arrayNode();
        firing.forEach((rule, alerts) -> {
            ObjectNode group = groups.addObject().put("name", rule.word()).put("severity", rule.severity())
                    .put("runbook", rule.runbook()).put("count", alerts.size())
                    .put("silenced", alerts.stream().filter(alert -> silences.of(alert).isPresent()).count())
                    .put("since", alerts.stream().map(Alert::since).min(Instant::compareTo)
                            .map(Timestamps::micros).orElse(null));
            ArrayNode subjects = group.putArray("subjects");
            alerts.stream().map(Alert::subject).filter(subject -> !subject.isEmpty()).limit(SUBJECTS)
                    .forEach(subjects::add);
            ArrayNode silenced = group.putArray("silences");
            lasting.stream().filter(silence -> silence.rule() == rule).forEach(one -> silenced.add(json(one)));
        });
        return groups;
    }

    private static Response ofRule(Request request, BiFunction<Request, AlertRule, Response> answer) {
        String name = request.path("rule");
        return Arrays.stream(AlertRule.values()).filter(rule -> rule.word().equals(name)).findFirst()
                .map(rule -> answer.apply(request, rule))
                .orElseGet(() -> new Problem(ProblemType.NOT_FOUND, "Alert rule " + FieldReader.shown(name)
                        + " not found"));
    }

    private Response silence(Request request, AlertRule rule) {
        return switch (SilenceRequest.decode(request.body())) {
            case Decoded.Invalid<SilenceRequest>(List<Decoded.FieldProblem> problems) -> Problem.invalid(problems);
            case Decoded.Valid<SilenceRequest>(SilenceRequest asked) -> {
                Optional<AlertSilence> silence = silences.silence(rule, asked.subject(), asked.duration(),
                        asked.reason());
                yield silence.<Response>map(one -> Response.ok(json(one)))
                        .orElseGet(() -> new Problem(ProblemType.SILENCES_FULL,
                                "There are " + SilenceStore.MOST + " silences; end one first"));
            }
        };
    }

    private Response end(Request request, AlertRule rule) {
        return silences.end(rule, request.query("subject").orElse(""))
                ? new Response.NoContent()
                : new Problem(ProblemType.NOT_FOUND, "Silence of " + rule.word() + " not found");
    }

    private static ObjectNode json(AlertSilence silence) {
        return JsonNodeFactory.instance.objectNode().put("name", silence.rule().word())
                .put("subject", silence.subject()).put("since", Timestamps.micros(silence.since()))
                .put("until", Timestamps.micros(silence.until())).put("reason", silence.reason());
    }
}
