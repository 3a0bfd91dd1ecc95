/** What the service watches itself by: the history of its figures, the silences of its alerts, and the memory of Redis. */
@NullMarked
package framebuffer.redis.monitoring;

import org.jspecify.annotations.NullMarked;
