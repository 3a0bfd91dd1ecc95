/** Looks after processors: polls their health endpoints, and moves their circuits on. */
@NullMarked
package framebuffer.orchestrator.watch;

import org.jspecify.annotations.NullMarked;
