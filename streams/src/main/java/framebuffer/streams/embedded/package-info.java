/** A Redis of our own for those who have none: a real server from a Maven artifact. */
@NullMarked
package framebuffer.streams.embedded;

import org.jspecify.annotations.NullMarked;
