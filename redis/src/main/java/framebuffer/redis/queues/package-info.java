/** Work queues and dead letters: answers, acknowledgements, and frames that ended without a result. */
@NullMarked
package framebuffer.redis.queues;

import org.jspecify.annotations.NullMarked;
