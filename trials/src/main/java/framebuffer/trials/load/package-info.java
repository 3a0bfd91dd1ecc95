/** A load at a given rate for a running service, with the outcome and latency of its frames. */
@NullMarked
package framebuffer.trials.load;

import org.jspecify.annotations.NullMarked;
