package framebuffer.orchestrator.api.http;

import java.util.List;

/** A part of the REST API: one class for the paths that belong together. */
@FunctionalInterface
public interface Resource {
    /** Its routes, the most specific first. */
    List<Route> routes();
}
