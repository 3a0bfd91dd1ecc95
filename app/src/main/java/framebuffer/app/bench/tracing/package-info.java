/** What tracing costs. */
@NullMarked
package framebuffer.app.bench.tracing;

import org.jspecify.annotations.NullMarked;
