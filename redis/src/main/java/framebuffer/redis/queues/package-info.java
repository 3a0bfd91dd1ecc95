/** Work queues and dead letters: what processors answer, what they acknowledge, and which frames ended without a result. */
@NullMarked
package framebuffer.redis.queues;

import org.jspecify.annotations.NullMarked;
