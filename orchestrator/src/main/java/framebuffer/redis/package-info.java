/** Redis Streams commands on own connections; the only module that imports a Redis client. */
@NullMarked
package framebuffer.redis;

import org.jspecify.annotations.NullMarked;
