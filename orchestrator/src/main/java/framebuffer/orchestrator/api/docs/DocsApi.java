package framebuffer.orchestrator.api.docs;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.orchestrator.api.http.Reply;
import framebuffer.orchestrator.api.http.Route;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The description of the API: as YAML, as JSON, as a page. */
public final class DocsApi {

    /** Read when first asked for: it would take a start longer than all the rest. */
    private static final class Read {
        private static final JsonNode DOCUMENT = OpenApi.document();
        private static final byte[] PAGE = new DocsPage(DOCUMENT).html().getBytes(StandardCharsets.UTF_8);
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/openapi.yaml",
                        _ -> new Reply.Document("application/yaml", out -> out.write(OpenApi.yaml()))),
                Route.get("/openapi.json", _ -> Reply.ok(Read.DOCUMENT)),
                Route.get("/docs",
                        _ -> new Reply.Document("text/html; charset=utf-8", out -> out.write(Read.PAGE))));
    }
}
