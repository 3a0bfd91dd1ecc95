/** Cameras keep their processors: what all instances have agreed on, and what one of them wishes on top. */
@NullMarked
package framebuffer.orchestrator.affinity;

import org.jspecify.annotations.NullMarked;
