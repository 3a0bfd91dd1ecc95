/** Lists frames by what the journal says of them (docs/adr/0028-search-and-history.md). */
@NullMarked
package framebuffer.orchestrator.observability.search;

import org.jspecify.annotations.NullMarked;
