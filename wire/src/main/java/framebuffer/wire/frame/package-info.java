/** A frame on its way: as captured, in a work queue, as a result, returned, given up on. */
@NullMarked
package framebuffer.wire.frame;

import org.jspecify.annotations.NullMarked;
