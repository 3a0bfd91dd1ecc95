/** Frames given up on: look at them, hand them off again, remove them. */
@NullMarked
package framebuffer.streams.letters;

import org.jspecify.annotations.NullMarked;
