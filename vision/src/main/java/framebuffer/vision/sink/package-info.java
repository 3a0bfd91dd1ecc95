/** Where a camera's frames go. */
@NullMarked
package framebuffer.vision.sink;

import org.jspecify.annotations.NullMarked;
