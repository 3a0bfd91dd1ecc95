/** How many frames are handed off, and what that costs. */
@NullMarked
package framebuffer.app.bench.handoff;

import org.jspecify.annotations.NullMarked;
