/** A pipeline of real processes, the faults that can happen to it, and the plan of when they do. */
@NullMarked
package framebuffer.trials.chaos.faults;

import org.jspecify.annotations.NullMarked;
