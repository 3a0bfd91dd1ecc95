/** A processor's capacity, shared out over the partitions in which it reads, moving to where its frames are. */
@NullMarked
package framebuffer.orchestrator.sharing;

import org.jspecify.annotations.NullMarked;
