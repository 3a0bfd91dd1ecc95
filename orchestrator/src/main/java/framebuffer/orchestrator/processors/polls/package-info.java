/** Polls health endpoints of processors, and moves circuits on. */
@NullMarked
package framebuffer.orchestrator.processors.polls;

import org.jspecify.annotations.NullMarked;
