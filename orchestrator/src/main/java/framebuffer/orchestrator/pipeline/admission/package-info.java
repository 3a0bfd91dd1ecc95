/** Frames wait: a bounded window, ordered by priority, in which no capability holds up another. */
@NullMarked
package framebuffer.orchestrator.pipeline.admission;

import org.jspecify.annotations.NullMarked;
