/** Bounded window of waiting frames, ordered by priority; no capability holds up another. */
@NullMarked
package framebuffer.orchestrator.pipeline.admission;

import org.jspecify.annotations.NullMarked;
