/** What became of every frame, and whether that is what is promised. */
@NullMarked
package framebuffer.trials.chaos.check;

import org.jspecify.annotations.NullMarked;
