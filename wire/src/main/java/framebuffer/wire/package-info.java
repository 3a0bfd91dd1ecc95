/** What two processes must agree on: records, one codec, names, trace context. */
@NullMarked
package framebuffer.wire;

import org.jspecify.annotations.NullMarked;
