/** Instances of one service: each holds leases; when one falls silent, another takes over its frames. */
@NullMarked
package framebuffer.orchestrator.cluster.membership;

import org.jspecify.annotations.NullMarked;
