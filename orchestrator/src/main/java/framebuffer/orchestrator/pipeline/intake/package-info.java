/** Intake: reads entries ahead, decodes them, and separates frames to send from frames that have ended. */
@NullMarked
package framebuffer.orchestrator.pipeline.intake;

import org.jspecify.annotations.NullMarked;
