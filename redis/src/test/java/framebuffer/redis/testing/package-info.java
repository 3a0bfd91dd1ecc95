/** What the tests of several packages need: a real Redis, frames, a way to wait, a proxy that cuts connections. */
@NullMarked
package framebuffer.redis.testing;

import org.jspecify.annotations.NullMarked;
