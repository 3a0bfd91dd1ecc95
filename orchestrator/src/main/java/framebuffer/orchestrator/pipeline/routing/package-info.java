/** Routing: pure decisions by the room and the load of each processor. */
@NullMarked
package framebuffer.orchestrator.pipeline.routing;

import org.jspecify.annotations.NullMarked;
