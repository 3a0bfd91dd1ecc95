/** State that all instances share through Redis: assignments, circuits, shares, pressure, polls and pictures. */
@NullMarked
package framebuffer.redis.tables;

import org.jspecify.annotations.NullMarked;
