package framebuffer.orchestrator.api.page;

import framebuffer.orchestrator.alerts.Rule;
import framebuffer.orchestrator.api.http.Call;
import framebuffer.orchestrator.api.http.Problem;
import framebuffer.orchestrator.api.http.Problem.Kind;
import framebuffer.orchestrator.api.http.Reply;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.wire.FieldReader;
import java.util.Arrays;
import java.util.List;

/** The runbook of each alert, as it stands in the documentation: at hand where an operator is told to look. */
public final class RunbooksApi {
    /** What it answers. */
    public List<Route> routes() {
        return List.of(Route.openGet("/runbooks/{name}", RunbooksApi::show));
    }

    private static Reply show(Call call) {
        String name = call.path("name");
        return Arrays.stream(Rule.values()).anyMatch(rule -> rule.runbook().equals(name))
                // As plain text, for a browser would only save Markdown.
                ? new Reply.Document("text/plain; charset=utf-8",
                        out -> out.write(PageApi.resource("runbooks/" + name)))
                : new Problem(Kind.NOT_FOUND, "There is no runbook " + FieldReader.shown(name));
    }
}
