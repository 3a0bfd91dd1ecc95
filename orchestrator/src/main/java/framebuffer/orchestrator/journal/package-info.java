/** What the pump does with each frame is taken down, and written to pages that are kept for some minutes (docs/adr/0010-journey.md). */
@NullMarked
package framebuffer.orchestrator.journal;

import org.jspecify.annotations.NullMarked;
