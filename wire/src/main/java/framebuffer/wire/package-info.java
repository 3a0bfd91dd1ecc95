/** What two processes must agree on: keys, names, ids, partitions, trace context, and secrets that print masked. */
@NullMarked
package framebuffer.wire;

import org.jspecify.annotations.NullMarked;
