/** Where one frame is and every decision about it: found in Redis, and in the journal (docs/adr/0010-journey.md). */
@NullMarked
package framebuffer.orchestrator.observability.journey;

import org.jspecify.annotations.NullMarked;
