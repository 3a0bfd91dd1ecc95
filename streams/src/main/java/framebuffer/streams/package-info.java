/** The few Redis Streams verbs we need, on connections of our own; the only module that imports a Redis client. */
@NullMarked
package framebuffer.streams;

import org.jspecify.annotations.NullMarked;
