/** Frames come in: read ahead from the streams, decoded, sorted into those that can go on and those that cannot. */
@NullMarked
package framebuffer.orchestrator.intake;

import org.jspecify.annotations.NullMarked;
