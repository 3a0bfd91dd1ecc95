package framebuffer.orchestrator.api.http;

/**
 * What is answered under a method and a path.
 *
 * @param method
 *            GET (answers HEAD too), POST, PUT or DELETE
 * @param path
 *            from the root, with names in braces: {@code /processors/{id}}
 * @param access
 *            who may ask
 */
public record Route(String method, String path, Access access, Endpoint endpoint) {

    /** Who may ask. */
    enum Access {
        /** Who has the token, if there is one. */
        TOKEN,
        /** Everybody who knows this service's name. */
        OPEN,
        /** Everybody: what watches services asks by whatever name, and learns nothing but how this one is. */
        PROBE
    }

    /** Whether it is answered without a token. */
    public boolean open() {
        return access != Access.TOKEN;
    }

    /** Answers a call. */
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

    /** Of the service's health: whatever its name, and without a token. */
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
