/** Work queues after the hand-off: what processors answer, and what they acknowledge without us. */
@NullMarked
package framebuffer.streams.work;

import org.jspecify.annotations.NullMarked;
