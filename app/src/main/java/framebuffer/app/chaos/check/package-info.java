/** What became of every frame, and whether that is what is promised. */
@NullMarked
package framebuffer.app.chaos.check;

import org.jspecify.annotations.NullMarked;
