/** The way of a frame, from the capture stream to the work queues: the pump, its loops, and what they share. */
@NullMarked
package framebuffer.orchestrator.pipeline;

import org.jspecify.annotations.NullMarked;
