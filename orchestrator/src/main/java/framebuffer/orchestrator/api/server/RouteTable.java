package framebuffer.orchestrator.api.server;

import framebuffer.orchestrator.api.http.Problem;
import framebuffer.orchestrator.api.http.Problem.ProblemType;
import framebuffer.orchestrator.api.http.Request;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.wire.text.FieldReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All routes, each also under {@code /api/v1}, and the responses to other paths. */
final class RouteTable {
    private final List<RouteEntry> entries;

    RouteTable(List<Route> routes) {
        entries = routes.stream().map(RouteEntry::new).toList();
    }

    /**
     * What answers a request.
     *
     * @param parameters the decoded parameters of the path
     * @param unanswered why no endpoint answers; null: the route's does
     */
    record RouteMatch(Route route, Map<String, String> parameters, @Nullable Problem unanswered) {
    }

    private record RouteEntry(Route route, List<String> template) {
        RouteEntry(Route route) {
            this(route, segments(route.path()));
        }

        boolean supports(String method) {
            return methods(route).contains(method);
        }

        /** The parameters of the path; null: it is another path. */
        @Nullable
        Map<String, String> parameters(List<String> segments) {
            if (segments.size() != template.size()) {
                return null;
            }
            Map<String, String> parameters = new TreeMap<>();
            for (int at = 0; at < segments.size(); at++) {
                String wanted = template.get(at);
                if (wanted.startsWith("{") && !segments.get(at).isEmpty()) {
                    parameters.put(wanted.substring(1, wanted.length() - 1), segments.get(at));
                } else if (!wanted.equals(segments.get(at))) {
                    return null;
                }
            }
            return parameters;
        }
    }

    /**
     * The first route for this method and path.
     *
     * @param path as sent: a slash separates segments, an encoded slash is part of an id
     */
    RouteMatch match(String method, String path) {
        List<String> segments = decoded(path);
        TreeSet<String> allowed = new TreeSet<>();
        if (segments != null) {
            for (RouteEntry entry : entries) {
                Map<String, String> parameters = entry.parameters(segments);
                if (parameters != null && entry.supports(method)) {
                    return new RouteMatch(entry.route(), parameters, null);
                }
                if (parameters != null) {
                    allowed.addAll(methods(entry.route()));
                }
            }
        }
        Problem problem = unanswered(path, segments != null, allowed);
        return new RouteMatch(Route.get(path, _ -> problem), Map.of(), problem);
    }

    private static Problem unanswered(String path, boolean readable, Set<String> allowed) {
        if (!readable) {
            return new Problem(ProblemType.BAD_REQUEST,
                    "Path " + FieldReader.shown(path) + " is not UTF-8 with valid percent-encoding");
        }
        return allowed.isEmpty()
                ? new Problem(ProblemType.NOT_FOUND, "Path " + FieldReader.shown(path) + " not found")
                : new Problem(ProblemType.METHOD_NOT_ALLOWED,
                        "This path supports only " + String.join(", ", allowed),
                        List.of(), Map.of("Allow", String.join(", ", allowed)));
    }

    private static List<String> methods(Route route) {
        return route.method().equals("GET") ? List.of("GET", "HEAD") : List.of(route.method());
    }

    /** The decoded segments; null: one cannot be decoded. */
    private static @Nullable List<String> decoded(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : segments(
                path.startsWith(Request.PREFIX + "/") ? path.substring(Request.PREFIX.length()) : path)) {
            String text = PercentEncoding.decode(segment, false);
            if (text == null) {
                return null;
            }
            segments.add(text);
        }
        return segments;
    }

    private static List<String> segments(String path) {
        return List.of((path.startsWith("/") ? path.substring(1) : path).split("/", -1));
    }
}
