/** Measures the cost of hand-offs, traces and decisions. */
@NullMarked
package framebuffer.trials.bench;

import org.jspecify.annotations.NullMarked;
