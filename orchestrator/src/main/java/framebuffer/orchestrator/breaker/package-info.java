/** Circuits: who fails too often gets no frames for a while, and then a few to try. */
@NullMarked
package framebuffer.orchestrator.breaker;

import org.jspecify.annotations.NullMarked;
