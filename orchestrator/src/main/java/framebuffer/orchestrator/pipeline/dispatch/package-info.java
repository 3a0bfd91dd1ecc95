/** Hand-off: decisions become batches, and Redis's answers settle them. */
@NullMarked
package framebuffer.orchestrator.pipeline.dispatch;

import org.jspecify.annotations.NullMarked;
