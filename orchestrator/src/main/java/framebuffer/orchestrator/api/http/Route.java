package framebuffer.orchestrator.api.http;

/**
 * An endpoint with its method and path.
 *
 * @param method GET (includes HEAD), POST, PUT or DELETE
 * @param path from the root, with parameters in braces: {@code /processors/{id}}
 * @param access which callers are allowed
 */
public record Route(String method, String path, Access access, Endpoint endpoint) {

    /** Which callers are allowed. If the service has no tokens, all are. */
    public enum Access {
        /** All callers with any host name, for probes: the response reveals only the health. */
        PROBE,
        /** All callers that use an accepted host name. */
        OPEN,
        /** All callers with a token. */
        READ,
        /** Processors and administrators; the endpoint checks which processor it is. */
        PROCESSOR,
        /** Administrators. */
        ADMIN
    }

    /** Whether no token is required. */
    public boolean open() {
        return access == Access.PROBE || access == Access.OPEN;
    }

    /** The same route for other callers. */
    public Route by(Access other) {
        return new Route(method, path, other, endpoint);
    }

    /** Answers a request. */
    @FunctionalInterface
    public interface Endpoint {
        Response answer(Request request);
    }

    /** A route for all callers with a token. */
    public static Route get(String path, Endpoint endpoint) {
        return new Route("GET", path, Access.READ, endpoint);
    }

    /** A route without token. */
    public static Route openGet(String path, Endpoint endpoint) {
        return new Route("GET", path, Access.OPEN, endpoint);
    }

    /** A health route: without token, with any host name. */
    public static Route probe(String path, Endpoint endpoint) {
        return new Route("GET", path, Access.PROBE, endpoint);
    }

    /** A route for administrators, as are those for PUT and DELETE. */
    public static Route post(String path, Endpoint endpoint) {
        return new Route("POST", path, Access.ADMIN, endpoint);
    }

    public static Route put(String path, Endpoint endpoint) {
        return new Route("PUT", path, Access.ADMIN, endpoint);
    }

    public static Route delete(String path, Endpoint endpoint) {
        return new Route("DELETE", path, Access.ADMIN, endpoint);
    }
}
