/** Names, as people type and read them. */
@NullMarked
package framebuffer.wire.text;

import org.jspecify.annotations.NullMarked;
