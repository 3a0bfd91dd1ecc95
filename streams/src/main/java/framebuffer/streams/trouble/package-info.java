/** What lasts is logged when it begins and when it ends, however many notice it. */
@NullMarked
package framebuffer.streams.trouble;

import org.jspecify.annotations.NullMarked;
