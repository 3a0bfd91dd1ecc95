/** What is measured and traced of all of this; the only room that knows metrics and tracing libraries. */
@NullMarked
package framebuffer.orchestrator.telemetry;

import org.jspecify.annotations.NullMarked;
