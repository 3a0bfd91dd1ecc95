/** The web server: connections, limits, access, and the exchange of requests for responses. Only this package knows Jetty. */
@NullMarked
package framebuffer.orchestrator.api.server;

import org.jspecify.annotations.NullMarked;
