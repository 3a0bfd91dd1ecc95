/** The hand-off: frames leave their source stream and enter work queues in one step. */
@NullMarked
package framebuffer.streams.handoff;

import org.jspecify.annotations.NullMarked;
