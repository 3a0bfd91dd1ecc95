/** Connections, commands and scripts of Redis. Only this module uses a Redis client. */
@NullMarked
package framebuffer.redis;

import org.jspecify.annotations.NullMarked;
