/** The command {@code top}: the service at a glance, in a terminal. */
@NullMarked
package framebuffer.app.top;

import org.jspecify.annotations.NullMarked;
