/** The way of a frame from the capture stream to the work queues: the pump, its loops and their shared parts. */
@NullMarked
package framebuffer.orchestrator.pipeline;

import org.jspecify.annotations.NullMarked;
