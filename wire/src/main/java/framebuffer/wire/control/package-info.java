/** What is switched, set and published for a whole cluster. */
@NullMarked
package framebuffer.wire.control;

import org.jspecify.annotations.NullMarked;
