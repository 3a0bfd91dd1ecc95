/** What may be asked about frames: what became of them, what waits, how fast they are done, where one would go. */
@NullMarked
package framebuffer.orchestrator.traffic;

import org.jspecify.annotations.NullMarked;
