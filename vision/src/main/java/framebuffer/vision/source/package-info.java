/** Video sources: addresses, and opening and decoding with FFmpeg. */
@NullMarked
package framebuffer.vision.source;

import org.jspecify.annotations.NullMarked;
