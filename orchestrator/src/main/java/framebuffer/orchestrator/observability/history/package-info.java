/** What the service counted in the last hours (docs/adr/0028-search-and-history.md). */
@NullMarked
package framebuffer.orchestrator.observability.history;

import org.jspecify.annotations.NullMarked;
