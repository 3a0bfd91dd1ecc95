/** Figures of the whole cluster: the ledger, backlogs, rates, latencies and flows. */
@NullMarked
package framebuffer.orchestrator.observability.stats;

import org.jspecify.annotations.NullMarked;
