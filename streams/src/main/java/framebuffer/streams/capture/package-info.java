/** The capture stream beside the hand-off: other readers, producers that trim it, and what may leave it. */
@NullMarked
package framebuffer.streams.capture;

import org.jspecify.annotations.NullMarked;
