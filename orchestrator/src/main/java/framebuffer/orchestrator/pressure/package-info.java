/** How close to their capacity processors work, and what producers are told of it. */
@NullMarked
package framebuffer.orchestrator.pressure;

import org.jspecify.annotations.NullMarked;
