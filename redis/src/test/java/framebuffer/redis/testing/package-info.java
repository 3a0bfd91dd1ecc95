/** Shared test code: a real Redis, frames, and processors. */
@NullMarked
package framebuffer.redis.testing;

import org.jspecify.annotations.NullMarked;
