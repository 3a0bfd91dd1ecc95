/** Which frames of which camera are worth sending, changeable while frames flow. */
@NullMarked
package framebuffer.orchestrator.freshness;

import org.jspecify.annotations.NullMarked;
