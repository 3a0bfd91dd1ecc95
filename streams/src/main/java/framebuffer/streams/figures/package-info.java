/** What is counted and what waits, read for those who look. */
@NullMarked
package framebuffer.streams.figures;

import org.jspecify.annotations.NullMarked;
