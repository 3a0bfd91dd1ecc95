/** Frames come in: read ahead from the streams, decoded, and sorted into those to send and those that have ended. */
@NullMarked
package framebuffer.orchestrator.pipeline.intake;

import org.jspecify.annotations.NullMarked;
