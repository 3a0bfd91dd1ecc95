/** What a hand-off, a trace and a decision cost. */
@NullMarked
package framebuffer.trials.bench;

import org.jspecify.annotations.NullMarked;
