/** Where a frame is, by REST. */
@NullMarked
package framebuffer.orchestrator.api.journey;

import org.jspecify.annotations.NullMarked;
