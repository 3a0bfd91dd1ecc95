/** A pipeline of real processes that is made to suffer, and its promises held against what became of every frame. */
@NullMarked
package framebuffer.trials.chaos;

import org.jspecify.annotations.NullMarked;
