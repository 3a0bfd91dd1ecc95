/** Metrics and traces; the only package that knows the libraries for them. */
@NullMarked
package framebuffer.orchestrator.observability.telemetry;

import org.jspecify.annotations.NullMarked;
