/** What producers and processors do with single frames: announce them, fetch their pixels. */
@NullMarked
package framebuffer.streams.frames;

import org.jspecify.annotations.NullMarked;
