/** A pipeline of real processes, its possible faults, and their plan. */
@NullMarked
package framebuffer.trials.chaos.faults;

import org.jspecify.annotations.NullMarked;
