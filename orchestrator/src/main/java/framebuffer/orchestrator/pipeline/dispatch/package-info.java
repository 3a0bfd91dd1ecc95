/** Frames go out: decisions become batches, and each batch is settled by what Redis answers. */
@NullMarked
package framebuffer.orchestrator.pipeline.dispatch;

import org.jspecify.annotations.NullMarked;
