/** The way of a frame, from the capture stream to the work queues. */
@NullMarked
package framebuffer.orchestrator;

import org.jspecify.annotations.NullMarked;
