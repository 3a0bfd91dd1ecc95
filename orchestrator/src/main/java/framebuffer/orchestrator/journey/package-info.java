/** Where a frame is, and what was done with it: found in all places where it can be, and on the pages that were kept (docs/adr/0010-journey.md). */
@NullMarked
package framebuffer.orchestrator.journey;

import org.jspecify.annotations.NullMarked;
