/** Whole ways of frames, from capture to result, with everything in processes as it runs. */
@NullMarked
package framebuffer.app.bench.flow;

import org.jspecify.annotations.NullMarked;
