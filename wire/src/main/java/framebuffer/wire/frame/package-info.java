/** A frame in all its forms: captured, queued, as a result, returned, shed, dead letter. */
@NullMarked
package framebuffer.wire.frame;

import org.jspecify.annotations.NullMarked;
