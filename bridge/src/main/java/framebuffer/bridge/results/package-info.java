/** Follows the results of all partitions after a cursor in Redis, and hands them to a receiver. */
@NullMarked
package framebuffer.bridge.results;

import org.jspecify.annotations.NullMarked;
