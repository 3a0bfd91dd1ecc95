/** Where one frame is, and every decision about it, from Redis and the journal (docs/adr/0010-journey.md). */
@NullMarked
package framebuffer.orchestrator.observability.journey;

import org.jspecify.annotations.NullMarked;
