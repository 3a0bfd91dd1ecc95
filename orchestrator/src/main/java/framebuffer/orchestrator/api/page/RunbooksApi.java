package framebuffer.orchestrator.api.page;

import framebuffer.orchestrator.alerts.Rule;
import framebuffer.orchestrator.api.http.Call;
import framebuffer.orchestrator.api.http.Problem;
import framebuffer.orchestrator.api.http.Problem.Kind;
import framebuffer.orchestrator.api.http.Reply;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.wire.FieldReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The runbook of each alert: at hand where an operator is told to look, a page for browsers, and Markdown for others. */
public final class RunbooksApi {
    /** What it answers. */
    public List<Route> routes() {
        return List.of(Route.openGet("/runbooks/{name}", RunbooksApi::show));
    }

    private static Reply show(Call call) {
        String name = call.path("name");
        if (Arrays.stream(Rule.values()).noneMatch(rule -> rule.runbook().equals(name))) {
            return new Problem(Kind.NOT_FOUND, "There is no runbook " + FieldReader.shown(name));
        }
        Runbook runbook = new Runbook(new String(PageApi.resource("runbooks/" + name), StandardCharsets.UTF_8))
                .at(call.header("Host"));
        return call.header("Accept").contains("text/html")
                ? document("text/html; charset=utf-8", runbook.html(), PageApi.HEADERS)
                : document("text/plain; charset=utf-8", runbook.markdown(), Map.of());
    }

    private static Reply document(String type, String text, Map<String, String> headers) {
        return new Reply.Document(type, out -> out.write(text.getBytes(StandardCharsets.UTF_8)), headers);
    }
}
