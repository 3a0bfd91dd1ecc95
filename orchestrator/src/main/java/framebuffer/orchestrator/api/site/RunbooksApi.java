package framebuffer.orchestrator.api.site;

import framebuffer.orchestrator.api.http.Problem;
import framebuffer.orchestrator.api.http.Problem.ProblemType;
import framebuffer.orchestrator.api.http.Request;
import framebuffer.orchestrator.api.http.Resource;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.observability.alerts.AlertRule;
import framebuffer.wire.text.FieldReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The runbook of each alert, as a page for browsers and as Markdown otherwise. */
public final class RunbooksApi implements Resource {
    @Override
    public List<Route> routes() {
        return List.of(Route.openGet("/runbooks/{name}", RunbooksApi::show));
    }

    private static Response show(Request request) {
        String name = request.path("name");
        if (Arrays.stream(AlertRule.values()).noneMatch(rule -> rule.runbook().equals(name))) {
            return new Problem(ProblemType.NOT_FOUND, "There is no runbook " + FieldReader.shown(name));
        }
        Runbook runbook = new Runbook(new String(WebPageApi.resource("runbooks/" + name), StandardCharsets.UTF_8))
                .at(request.header("Host"));
        return request.header("Accept").contains("text/html")
                ? document("text/html; charset=utf-8", runbook.html(), WebPageApi.HEADERS)
                : document("text/plain; charset=utf-8", runbook.markdown(), Map.of());
    }

    private static Response document(String type, String text, Map<String, String> headers) {
        return new Response.DocumentContent(type, out -> out.write(text.getBytes(StandardCharsets.UTF_8)), headers);
    }
}
