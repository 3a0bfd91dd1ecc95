/** Alerts that are not sent for a time. */
@NullMarked
package framebuffer.orchestrator.observability.silences;

import org.jspecify.annotations.NullMarked;
