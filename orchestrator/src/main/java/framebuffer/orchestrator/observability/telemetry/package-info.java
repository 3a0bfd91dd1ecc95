/** Metrics and traces; the only package that uses their libraries. */
@NullMarked
package framebuffer.orchestrator.observability.telemetry;

import org.jspecify.annotations.NullMarked;
