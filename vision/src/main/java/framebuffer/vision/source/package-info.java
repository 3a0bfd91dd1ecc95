/** Where video comes from: addresses, and FFmpeg, which opens them and decodes what it reads there. */
@NullMarked
package framebuffer.vision.source;

import org.jspecify.annotations.NullMarked;
