/** The TLS of the REST API. */
@NullMarked
package framebuffer.orchestrator.api.server.tls;

import org.jspecify.annotations.NullMarked;
