package framebuffer.orchestrator.api.site;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.orchestrator.api.http.Resource;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.api.http.Route;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The description of the API as YAML, JSON and HTML. */
public final class DocsApi implements Resource {

    private static final Map<String, String> HEADERS = Map.of("Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");

    /** Loaded at the first request, because it would take longer than the rest of the start. */
    private static final class LoadedDocs {
        private static final JsonNode DOCUMENT = OpenApiDocument.document();
        private static final byte[] PAGE = new DocsPage(DOCUMENT).html().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get("/openapi.yaml",
                        _ -> new Response.DocumentContent("application/yaml",
                                out -> out.write(OpenApiDocument.yaml()))),
                Route.get("/openapi.json", _ -> Response.ok(LoadedDocs.DOCUMENT)),
                Route.get("/docs",
                        _ -> new Response.DocumentContent("text/html; charset=utf-8",
                                out -> out.write(LoadedDocs.PAGE), HEADERS)));
    }
}
