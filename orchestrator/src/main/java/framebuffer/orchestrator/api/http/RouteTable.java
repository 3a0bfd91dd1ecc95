package framebuffer.orchestrator.api.http;

import framebuffer.orchestrator.api.http.Problem.ProblemType;
import framebuffer.orchestrator.api.http.Route.Access;
import framebuffer.wire.text.FieldReader;
import framebuffer.wire.text.Json;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.PathMatcher;
import io.helidon.http.PathMatchers;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** All routes, each also under {@code /api/v1}, and the responses to other paths. */
public final class RouteTable {
    /** Producers choose camera and frame ids freely, even with slashes and line breaks. */
    private static final Pattern PRODUCERS_ID = Pattern.compile("\\{(camera_id|frame_id)}");

    private final RequestHandler answering;
    private final List<RouteEntry> known = new ArrayList<>();

    private record RouteEntry(Route route, PathMatcher path) {
        /** Routes are registered most specific first. */
        boolean matches(ServerRequest request) {
            return path.match(request.path().absolute()).accepted() && fits(request);
        }

        /** Matches the raw path. Helidon matches the decoded one, in which a slash in an id looks like a separator, and vice versa. */
        boolean fits(ServerRequest request) {
            String raw = request.path().absolute().rawPath();
            String asked = raw.startsWith(Request.PREFIX + "/") ? raw.substring(Request.PREFIX.length()) : raw;
            return !PRODUCERS_ID.matcher(route.path()).find()
                    || asked.chars().filter(c -> c == '/').count() == route.path().chars().filter(c -> c == '/')
                            .count();
        }
    }

    /**
     * @param token required of callers; null: none
     * @param hosts accepted host names
     * @param maxBody largest request body, in bytes
     */
    public RouteTable(List<Route> routes, @Nullable ApiToken token, AllowedHosts hosts, int maxBody) {
        this.answering = new RequestHandler(token, hosts, maxBody);
        for (Route route : routes) {
            String path = PRODUCERS_ID.matcher(route.path()).replaceAll("{$1:[\\\\s\\\\S]+}");
            known.add(new RouteEntry(route, PathMatchers.create(path)));
            known.add(new RouteEntry(route, PathMatchers.create(Request.PREFIX + path)));
        }
    }

    /** Registers the routes at a server. */
    public void register(HttpRouting.Builder server) {
        for (RouteEntry one : known) {
            Handler handler = answering.handler(one.route().access(), one.route().endpoint());
            server.route(Method.predicate(methods(one.route())), one.path(), (request, response) -> {
                if (one.fits(request)) {
                    handler.handle(request, response);
                } else {
                    response.next();
                }
            });
        }
        server.any((request, response) -> answering.handler(Access.TOKEN, call -> unanswered(request, call)).handle(
                request, response));
    }

    /** Ends all event streams; later ones end at once. */
    public void stop() {
        answering.stop();
    }

    private Problem unanswered(ServerRequest request, Request call) {
        TreeSet<String> allowed = new TreeSet<>();
        known.stream().filter(one -> one.matches(request)).flatMap(one -> methods(one.route()).stream())
                .forEach(method -> allowed.add(method.text()));
        return allowed.isEmpty()
                ? new Problem(ProblemType.NOT_FOUND, "Path " + FieldReader.shown(call.raw()) + " not found")
                : new Problem(ProblemType.METHOD_NOT_ALLOWED,
                        "This path supports only " + String.join(", ", allowed),
                        List.of(), Map.of("Allow", String.join(", ", allowed)));
    }

    private static List<Method> methods(Route route) {
        Method method = Method.create(route.method());
        return method.equals(Method.GET) ? List.of(Method.GET, Method.HEAD) : List.of(method);
    }

    /** Answers requests that reach no route, mostly invalid HTTP, and closes the connection. */
    public static final class MalformedRequests implements DirectHandler {

        @Override
        public TransportResponse handle(TransportRequest request, EventType type, Status status,
                ServerResponseHeaders headers, @Nullable String message) {
            HeaderName named = HeaderNames.create(Request.ID_HEADER);
            String id = Request.id(request.headers().first(named).orElse(""));
            Problem problem = new Problem(kind(status), status.reasonPhrase());
            byte[] body = Json.bytes(problem.json(request.path(), id));
            headers.set(HeaderNames.CONTENT_TYPE, Problem.CONTENT_TYPE);
            headers.set(named, id);
            return TransportResponse.builder().status(Status.create(problem.kind().status())).headers(headers)
                    .entity(body)
                    .keepAlive(false).build();
        }

        private static Problem.ProblemType kind(Status status) {
            return switch (status.code()) {
                case 500 -> Problem.ProblemType.INTERNAL;
                case 503 -> Problem.ProblemType.UNAVAILABLE;
                default -> Problem.ProblemType.BAD_REQUEST;
            };
        }
    }
}
