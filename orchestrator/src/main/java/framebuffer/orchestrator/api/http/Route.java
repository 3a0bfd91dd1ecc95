package framebuffer.orchestrator.api.http;

/**
 * What is answered under a method and a path.
 *
 * @param method
 *            GET (answers HEAD too), POST, PUT or DELETE
 * @param path
 *            from the root, with names in braces: {@code /processors/{id}}
 * @param open
 *            whether it is answered without a token
 */
public record Route(String method, String path, boolean open, Endpoint endpoint) {

    /** Answers a call. */
    @FunctionalInterface
    public interface Endpoint {
        Reply answer(Call call);
    }

    public static Route get(String path, Endpoint endpoint) {
        return new Route("GET", path, false, endpoint);
    }

    public static Route openGet(String path, Endpoint endpoint) {
        return new Route("GET", path, true, endpoint);
    }

    public static Route post(String path, Endpoint endpoint) {
        return new Route("POST", path, false, endpoint);
    }

    public static Route put(String path, Endpoint endpoint) {
        return new Route("PUT", path, false, endpoint);
    }

    public static Route delete(String path, Endpoint endpoint) {
        return new Route("DELETE", path, false, endpoint);
    }
}
