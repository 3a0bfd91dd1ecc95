/** End-to-end measurements, from capture to result, with separate processes. */
@NullMarked
package framebuffer.trials.bench.flow;

import org.jspecify.annotations.NullMarked;
