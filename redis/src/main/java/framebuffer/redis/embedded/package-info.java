/** An embedded Redis for those who have none: a real server from a Maven artifact. */
@NullMarked
package framebuffer.redis.embedded;

import org.jspecify.annotations.NullMarked;
