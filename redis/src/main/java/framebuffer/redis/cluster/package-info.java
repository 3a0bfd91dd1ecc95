/** Partitions and instances: where each partition lies, which instances run, and questions to all partitions at once. */
@NullMarked
package framebuffer.redis.cluster;

import org.jspecify.annotations.NullMarked;
