/** All partitions together: one registry over them, and shares of processors that read in several of them. */
@NullMarked
package framebuffer.orchestrator.cluster.partitions;

import org.jspecify.annotations.NullMarked;
