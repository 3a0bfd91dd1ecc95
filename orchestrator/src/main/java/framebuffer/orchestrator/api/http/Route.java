package framebuffer.orchestrator.api.http;

/**
 * An endpoint with its method and path.
 *
 * @param method GET (includes HEAD), POST, PUT or DELETE
 * @param path from the root, with parameters in braces: {@code /processors/{id}}
 * @param access which callers are allowed
 */
public record Route(String method, String path, Access access, Endpoint endpoint) {

    /** Which callers are allowed. */
    enum Access {
        /** Callers with the token, if there is one. */
        TOKEN,
        /** All callers that use an accepted host name. */
        OPEN,
        /** All callers with any host name, for probes: the response reveals only the health. */
        PROBE
    }

    /** Whether no token is required. */
    public boolean open() {
        return access != Access.TOKEN;
    }

    /** Answers a request. */
    @FunctionalInterface
    public interface Endpoint {
        Response answer(Request request);
    }

    public static Route get(String path, Endpoint endpoint) {
        return new Route("GET", path, Access.TOKEN, endpoint);
    }

    public static Route openGet(String path, Endpoint endpoint) {
        return new Route("GET", path, Access.OPEN, endpoint);
    }

    /** A health route: without token, with any host name. */
    public static Route probe(String path, Endpoint endpoint) {
        return new Route("GET", path, Access.PROBE, endpoint);
    }

    public static Route post(String path, Endpoint endpoint) {
        return new Route("POST", path, Access.TOKEN, endpoint);
    }

    public static Route put(String path, Endpoint endpoint) {
        return new Route("PUT", path, Access.TOKEN, endpoint);
    }

    public static Route delete(String path, Endpoint endpoint) {
        return new Route("DELETE", path, Access.TOKEN, endpoint);
    }
}
