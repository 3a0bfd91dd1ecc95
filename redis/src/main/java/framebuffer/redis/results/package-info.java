/** What those who take results to others keep in Redis. */
@NullMarked
package framebuffer.redis.results;

import org.jspecify.annotations.NullMarked;
