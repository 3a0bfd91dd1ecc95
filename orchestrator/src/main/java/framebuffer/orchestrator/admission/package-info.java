/** Frames wait: a bounded window, ordered by priority, in which no need holds up another. */
@NullMarked
package framebuffer.orchestrator.admission;

import org.jspecify.annotations.NullMarked;
