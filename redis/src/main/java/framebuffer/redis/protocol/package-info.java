/** Replies and TLS of a connection to Redis, beneath the Redis client. */
@NullMarked
package framebuffer.redis.protocol;

import org.jspecify.annotations.NullMarked;
