package framebuffer.orchestrator.api.http;

import java.util.List;

/** A group of related paths of the REST API. */
@FunctionalInterface
public interface Resource {
    /** Its routes, the most specific first. */
    List<Route> routes();
}
