/** Partitions and instances: locations of partitions, running instances, and queries to all partitions. */
@NullMarked
package framebuffer.redis.cluster;

import org.jspecify.annotations.NullMarked;
