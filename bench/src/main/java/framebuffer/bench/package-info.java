/** What a decision costs, for one frame. */
@NullMarked
package framebuffer.bench;

import org.jspecify.annotations.NullMarked;
