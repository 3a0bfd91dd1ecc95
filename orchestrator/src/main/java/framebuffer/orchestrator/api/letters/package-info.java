/** The resources of frames given up on. */
@NullMarked
package framebuffer.orchestrator.api.letters;

import org.jspecify.annotations.NullMarked;
