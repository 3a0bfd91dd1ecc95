/** Spans and metrics of a processor. Only this package uses a tracing library. */
@NullMarked
package framebuffer.client.telemetry;

import org.jspecify.annotations.NullMarked;
