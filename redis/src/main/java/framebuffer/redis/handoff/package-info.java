/** The hand-off: frames leave their source stream and enter work queues in one step. Also handles other groups on the capture stream. */
@NullMarked
package framebuffer.redis.handoff;

import org.jspecify.annotations.NullMarked;
