/** Commands that ask a running service about frames, and what was found in them. */
@NullMarked
package framebuffer.app.frames;

import org.jspecify.annotations.NullMarked;
