/** The record of every frame, and the check against the promises. */
@NullMarked
package framebuffer.trials.chaos.check;

import org.jspecify.annotations.NullMarked;
