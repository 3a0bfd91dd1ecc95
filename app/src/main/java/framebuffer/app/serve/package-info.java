/** The service: an orchestrator with its REST API, and a Redis of its own if it was given none. */
@NullMarked
package framebuffer.app.serve;

import org.jspecify.annotations.NullMarked;
