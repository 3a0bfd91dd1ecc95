/** The page in a real browser. */
@NullMarked
package framebuffer.browser;

import org.jspecify.annotations.NullMarked;
