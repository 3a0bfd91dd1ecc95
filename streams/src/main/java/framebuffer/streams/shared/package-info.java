/** What all instances share through Redis, and producers may read. */
@NullMarked
package framebuffer.streams.shared;

import org.jspecify.annotations.NullMarked;
