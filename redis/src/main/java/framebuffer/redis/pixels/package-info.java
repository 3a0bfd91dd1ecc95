/** Pixels in Redis: where they are, and how long they live. */
@NullMarked
package framebuffer.redis.pixels;

import org.jspecify.annotations.NullMarked;
