/** Decodes the coded pictures of a video with FFmpeg, as few of them as are wanted. */
@NullMarked
package framebuffer.vision.decode;

import org.jspecify.annotations.NullMarked;
