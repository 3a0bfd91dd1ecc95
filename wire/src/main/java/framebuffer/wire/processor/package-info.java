/** What a processor says of itself: who it is and how it feels. */
@NullMarked
package framebuffer.wire.processor;

import org.jspecify.annotations.NullMarked;
