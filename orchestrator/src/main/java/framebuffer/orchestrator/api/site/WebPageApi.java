package framebuffer.orchestrator.api.site;

import framebuffer.orchestrator.api.http.Problem;
import framebuffer.orchestrator.api.http.Problem.ProblemType;
import framebuffer.orchestrator.api.http.Request;
import framebuffer.orchestrator.api.http.Resource;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.wire.text.FieldReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The page and its files. They need no token, because they contain no data and the page asks for the token. They load nothing from other
 * sites.
 */
public final class WebPageApi implements Resource {
    static final Map<String, String> HEADERS = Map.of("Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
                    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "Cache-Control", "no-cache", "Referrer-Policy", "no-referrer", "X-Content-Type-Options", "nosniff");
    private static final String INDEX = "index.html";
    private static final Set<String> PARTS = Set.of("elements.js", "figures.js", "history.js", "icon.svg", "journey.js",
            "letters.js",
            "main.js", "page.css", "pictures.js", "search.js", "seen.js", "service.js", "tables.js", "topology.js",
            "verdicts.js", "words.js");
    private static final Map<String, String> TYPES = Map.of("html", "text/html; charset=utf-8", "css",
            "text/css; charset=utf-8", "js", "text/javascript; charset=utf-8", "svg", "image/svg+xml");

    private final Map<String, byte[]> read = new ConcurrentHashMap<>();

    @Override
    public List<Route> routes() {
        return List.of(Route.openGet("/", _ -> file(INDEX)), Route.openGet("/page/{file}", this::part));
    }

    private Response part(Request request) {
        String name = request.path("file");
        return PARTS.contains(name)
                ? file(name)
                : new Problem(ProblemType.NOT_FOUND, "The page has no file " + FieldReader.shown(name));
    }

    private Response file(String name) {
        byte[] bytes = read.computeIfAbsent(name, WebPageApi::resource);
        String type = Objects.requireNonNull(TYPES.get(name.substring(name.lastIndexOf('.') + 1)));
        return new Response.DocumentContent(type, out -> out.write(bytes), HEADERS);
    }

    static byte[] resource(String name) {
        try (InputStream in = WebPageApi.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the package lacks the file " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
