/** What is set and published for a whole cluster, and what processors say of themselves. */
@NullMarked
package framebuffer.wire.control;

import org.jspecify.annotations.NullMarked;
