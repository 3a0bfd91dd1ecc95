/** The REST API (contract §5): one class for each resource. */
@NullMarked
package framebuffer.orchestrator.api;

import org.jspecify.annotations.NullMarked;
