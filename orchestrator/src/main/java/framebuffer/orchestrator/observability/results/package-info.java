/** The results of processors, read from their streams: pages, events, retention. */
@NullMarked
package framebuffer.orchestrator.observability.results;

import org.jspecify.annotations.NullMarked;
