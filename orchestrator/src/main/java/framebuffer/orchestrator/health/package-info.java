/** Whether a processor lives and feels well. */
@NullMarked
package framebuffer.orchestrator.health;

import org.jspecify.annotations.NullMarked;
