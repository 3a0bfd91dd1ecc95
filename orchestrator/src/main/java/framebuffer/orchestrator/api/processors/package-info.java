/** Who processes frames, by REST. */
@NullMarked
package framebuffer.orchestrator.api.processors;

import org.jspecify.annotations.NullMarked;
