/** What a processor lets others see: spans, counts, conditions that last. The only package that knows a tracing library. */
@NullMarked
package framebuffer.client.telemetry;

import org.jspecify.annotations.NullMarked;
