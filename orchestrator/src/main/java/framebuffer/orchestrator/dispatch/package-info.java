/** Frames go out: decisions become hand-offs, and hand-offs are settled. */
@NullMarked
package framebuffer.orchestrator.dispatch;

import org.jspecify.annotations.NullMarked;
