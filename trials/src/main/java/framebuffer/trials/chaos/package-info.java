/** Fault injection into a pipeline of real processes, and a check of every frame. */
@NullMarked
package framebuffer.trials.chaos;

import org.jspecify.annotations.NullMarked;
