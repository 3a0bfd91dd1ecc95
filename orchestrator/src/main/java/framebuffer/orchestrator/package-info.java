/** One instance of the service: the composition root, and the partitions that it serves. */
@NullMarked
package framebuffer.orchestrator;

import org.jspecify.annotations.NullMarked;
