/** What time it is, whoever sets which clock. */
@NullMarked
package framebuffer.orchestrator.clock;

import org.jspecify.annotations.NullMarked;
