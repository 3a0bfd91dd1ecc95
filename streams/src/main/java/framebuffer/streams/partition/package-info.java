/** Where the partitions of a service lie. */
@NullMarked
package framebuffer.streams.partition;

import org.jspecify.annotations.NullMarked;
