/** An embedded Redis: a real server from a Maven artifact. */
@NullMarked
package framebuffer.redis.embedded;

import org.jspecify.annotations.NullMarked;
