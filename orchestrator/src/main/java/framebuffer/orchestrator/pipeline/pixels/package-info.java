/** The pixels of frames: they live while their frame is in flight, and end soon after it. */
@NullMarked
package framebuffer.orchestrator.pipeline.pixels;

import org.jspecify.annotations.NullMarked;
