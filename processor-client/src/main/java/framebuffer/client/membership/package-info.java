/** How a processor belongs to an orchestrator: it registers, says that it lives, and takes its leave. */
@NullMarked
package framebuffer.client.membership;

import org.jspecify.annotations.NullMarked;
