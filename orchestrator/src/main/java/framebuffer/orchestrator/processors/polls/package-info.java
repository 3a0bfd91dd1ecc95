/** Polls of health endpoints, and the advance of circuits. */
@NullMarked
package framebuffer.orchestrator.processors.polls;

import org.jspecify.annotations.NullMarked;
