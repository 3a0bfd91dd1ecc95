/** A pipeline of real processes, and what can be done to each. */
@NullMarked
package framebuffer.app.chaos.process;

import org.jspecify.annotations.NullMarked;
